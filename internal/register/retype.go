package register

// Retype gives the values of a record that went through JSON the types that [Validate] gave them: lists of texts.
func Retype(data map[string]any) {
	for k, v := range data {
		items, ok := v.([]any)
		if !ok {
			continue
		}
		texts := make([]string, 0, len(items))
		for _, i := range items {
			if s, ok := i.(string); ok {
				texts = append(texts, s)
			}
		}
		if len(texts) == len(items) {
			data[k] = texts
		}
	}
}

package version

import "strings"

// conan follows conan.internal.model.version of Conan 2: any number of items between dots, numbers or words or a number with
// letters after it (openssl 1.1.1w comes after 1.1.1), zeros without value at the end, a pre-release after the first hyphen
// and build metadata, which counts, after the plus. Where Conan compares a number and a word as texts, so that 10a < 2 < 10,
// the number's value is taken.
func conan(k *key, v string) error {
	v, build, _ := strings.Cut(v, "+")
	release, pre, isPre := strings.Cut(v, "-")
	if err := k.conanItems(release); err != nil {
		return err
	}
	k.tag(1)
	if isPre {
		k.b[len(k.b)-1] = 0
		if err := k.conanItems(pre); err != nil {
			return err
		}
	}
	return k.conanItems(build)
}

func (k *key) conanItems(s string) error {
	items := strings.Split(s, ".")
	for len(items) > 0 && (items[len(items)-1] == "" || isZero(items[len(items)-1])) {
		items = items[:len(items)-1]
	}
	for _, item := range items {
		n := digitsOf(item)
		if n == 0 {
			k.tag(2)
		} else {
			k.tag(1)
			if err := k.num(item[:n]); err != nil {
				return err
			}
		}
		k.str(item[n:])
	}
	k.tag(0)
	return nil
}

package guideline

// Date is the month of the edition this data tells again (令和8年3月). The text itself prints no day.
const Date = "2026-03"

// The edition's title and publisher, and the words that stand wherever our own statements are shown.
var (
	Title = Text{JA: "サイバーインフラ事業者に求められる役割等に関するガイドライン",
		EN: "Guideline on the Roles Expected of Cyber Infrastructure Providers"} // our translation
	Publisher = Text{JA: "経済産業省・内閣官房国家サイバー統括室",
		EN: "Ministry of Economy, Trade and Industry; National Cybersecurity Office, Cabinet Secretariat"}
	Summary = Text{JA: "要約。原文はガイドライン（2026年3月）",
		EN: "Summary. The original is the guideline of March 2026 (in Japanese)"}
	NonBinding = Text{JA: "ガイドラインは有効な取組の例を示すもので、義務を課すものではありません（脚注6）",
		EN: "The guideline gives examples of effective efforts; it imposes no duty (footnote 6)"}
)

package web

import (
	"example.org/tasuki/guideline"
	"example.org/tasuki/internal/assess"
	"example.org/tasuki/internal/lang"
	"example.org/tasuki/internal/office"
	"example.org/tasuki/internal/replay"
)

func sampleReplays(b Base) page {
	return &replayPage{Base: at(b, "vulnerabilities"), Scenarios: replay.Scenarios()}
}

func sampleReplay(b Base) page {
	p := &replayPage{Base: at(b, "vulnerabilities"), Chosen: true}
	s := replay.Scenarios()[0]
	days := 5
	p.Replay = office.Replay{Scenario: s, Told: s.Told(), Releases: 4,
		Headline: lang.F("%sがいま起きたら、%d件のソフトウェアの%d件のリリースが影響を受けます", "if %s happened now, %d software with %d releases would be hit", s.Title, 1, 2),
		Caveats:  []lang.Text{lang.F("SBOM がなく、含まれる部品が分からないリリースが%d件あります", "%d releases have no SBOM: nobody knows what they hold", 1)},
		Hits: []office.ReplayHit{{Software: "sample", Name: "見本会計 Example Ledger", Systems: []string{"見本会計システム"}, Releases: []office.ReplayRelease{
			{Release: "r2", Version: "2.0", Supported: true, By: []string{"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"}},
			{Release: "r1", Version: "1.0", By: []string{"pkg:maven/org.apache.logging.log4j/log4j-core@2.13.3"}}}}},
		Customers: []office.ReplayCustomer{{Name: "見本病院", Software: []string{"見本会計 Example Ledger"}, ToldOn: "2021-12-15", Days: &days, Record: "ADV-2021-4", Contact: true},
			{Name: "見本商事株式会社", Software: []string{"見本会計 Example Ledger"}}}}
	for i, d := range s.Duties {
		duty := office.ReplayDuty{BearingDuty: d, Title: lang.T(b.TitleOf(d.ID), b.TitleOf(d.ID))}
		if i%5 != 4 {
			duty.At = []office.ReplayStanding{{Software: "見本会計 Example Ledger", Party: "見本ソフト株式会社", Role: guideline.Developer, Status: []assess.Status{assess.Met, assess.NotMet, assess.NotAssessed}[i%3]}}
		}
		p.Replay.Duties = append(p.Replay.Duties, duty)
	}
	p.fill()
	return p
}

func sampleReplayNothing(b Base) page {
	p := &replayPage{Base: at(b, "vulnerabilities"), Chosen: true}
	s := replay.Scenarios()[1]
	p.Replay = office.Replay{Scenario: s, Told: s.Told(), Headline: lang.F("%sの影響を受けるリリースは、調べられた範囲では見つかりませんでした", "no release was found that %s would hit, as far as one could look", s.Title)}
	p.Makers = []option{{Value: "us", Name: "見本ソフト株式会社"}, {Value: "parts", Name: "見本部品株式会社"}}
	p.fill()
	return p
}

use super::bed::{County, cell, code, figure};
use crate::app::{district, status};
use shared::ids::{Epoch, StreamName};
use shared::program::Lang;

#[test]
fn the_county_is_the_sum_of_its_districts_and_of_its_townships() {
    let county = County::of_three();
    county.piece(1, "2026-03-01", "COUNTY", "2.5");
    county.piece(1, "2026-03-02", "CITY", "4");
    county.piece(2, "2026-04-01", "COUNTY", "1.2");
    county.piece(3, "2026-05-01", "NATIONAL", "30");
    county.piece(3, "2025-12-31", "NATIONAL", "30");
    let ids = ["C8_claimed", "C8_level", "C1_claimed"];
    let answers = ["county", "district", "township"].map(|level| county.tally(&ids, level, "2026"));
    for answer in &answers {
        assert_eq!(figure(answer, "C8_claimed", "慈溪市"), "4", "{}", answer.level);
        assert_eq!(figure(answer, "C1_claimed", "慈溪市"), "37.7", "{}", answer.level);
        for column in &answer.measures {
            let of =
                |row: &crate::app::tally::Unit| cell(answer, &column.id, &column.split, &row.name).numerator;
            let (county, parts): (Vec<_>, Vec<_>) =
                answer.units.iter().partition(|unit| unit.level == "county");
            let whole: i64 = county.iter().map(|unit| of(unit)).sum();
            let sum: i64 = parts.iter().map(|unit| of(unit)).sum();
            assert!(parts.is_empty() || whole == sum, "{} {}: {whole} is not {sum}", answer.level, column.id);
        }
    }
    let [_, districts, townships] = &answers;
    assert_eq!(figure(districts, "C8_claimed", "第一片"), "3");
    assert_eq!(figure(districts, "C8_claimed", "第二片"), "1");
    assert_eq!(figure(townships, "C8_claimed", "第2镇"), "1");
    assert_eq!(cell(districts, "C8_level", "COUNTY", "第一片").text, "2");
    assert_eq!(cell(districts, "C8_level", "NATIONAL", "第一片").text, "0");
    assert!(districts.units.iter().all(|unit| unit.level != "rest"), "nothing belongs to no district");
}

#[test]
fn no_cases_are_no_rate() {
    let county = County::of_three();
    let answer = county.tally(&["B6", "B1"], "district", "2026");
    for unit in ["第一片", "第二片", "慈溪市"] {
        assert_eq!(figure(&answer, "B6", unit), "—");
        assert_eq!(figure(&answer, "B1", unit), "0");
    }
    assert_eq!(cell(&answer, "B6", "", "慈溪市").denominator, Some(0));
    assert_eq!(cell(&answer, "B1", "", "慈溪市").denominator, None);
}

#[test]
fn a_district_redrawn_in_mid_year_keeps_its_past() {
    let county = County::of_three();
    county.piece(2, "2026-02-28", "CITY", "1");
    county.piece(2, "2026-03-01", "CITY", "1");
    let before = county.tally(&["C8_claimed"], "district", "2026");
    assert_eq!(
        (figure(&before, "C8_claimed", "第一片"), figure(&before, "C8_claimed", "第二片")),
        ("2".into(), "0".into())
    );

    county
        .ask(district::Assign { township: code(2), district: "第二片".into(), from: "2026-03-01".into() });
    let after = county.tally(&["C8_claimed"], "district", "2026");
    assert_eq!(
        (figure(&after, "C8_claimed", "第一片"), figure(&after, "C8_claimed", "第二片")),
        ("1".into(), "1".into())
    );
    assert_eq!(figure(&after, "C8_claimed", "慈溪市"), "2");

    let map = |on: &str| {
        let map = county.ask(district::List { on: Some(on.into()) });
        map.districts.iter().map(|district| district.townships.len()).collect::<Vec<_>>()
    };
    assert_eq!(map("2026-02-28"), [2, 1]);
    assert_eq!(map("2026-03-01"), [1, 2]);
    assert_eq!(map("2019-12-31"), [0, 0]);
}

#[test]
fn what_belongs_to_no_district_is_shown_so_that_the_sum_holds() {
    let county = County::of_three();
    county.ask(county.township(4, None));
    county.piece(4, "2026-03-01", "CITY", "1");
    let answer = county.tally(&["C8_claimed"], "district", "2026");
    assert_eq!(figure(&answer, "C8_claimed", "（其他）"), "1");
    assert_eq!(figure(&answer, "C8_claimed", "慈溪市"), "1");
}

#[test]
fn a_total_names_the_silent_the_oldest_and_the_held() {
    let county = County::of_three();
    county.synced(1, 1);
    county.synced(2, 75);
    let garbage = vec![0xff; 9];
    let stream = StreamName::Township(code(1));
    let held = county.app.store.write(|tx| tx.append(stream, Epoch(5), vec![garbage]));
    held.expect("bytes are stored whatever they say");
    let coverage = county.tally(&["C8_claimed"], "county", "2026").coverage;
    assert_eq!((coverage.townships, coverage.reporting, coverage.held), (3, 2, 1));
    assert_eq!(coverage.silent, [code(2), code(3)]);
    assert_eq!(coverage.oldest_township, Some(code(2)));
    assert_eq!(coverage.text(Lang::Zh), "数据：1/3 已同步，最旧 3 天（第2镇），1 条待更正未计入");
    assert_eq!(coverage.each.iter().map(|one| one.days_stale).collect::<Vec<_>>(), [Some(0), Some(3), None]);
    let warnings = coverage.warnings(Lang::Zh);
    assert!(warnings.contains("⚠ 第2镇：最后同步 2026-05-29 09:00，3 天前"), "{warnings}");
    assert!(warnings.contains("⚠ 第3镇：从未同步") && !warnings.contains("第1镇"), "{warnings}");

    let status = county.ask(status::Ask {});
    let first = &status.townships[0];
    assert_eq!((first.held, first.waiting, first.clock_offset_ms), (1, Some(2), Some(-3_000)));
    assert_eq!(first.held_entries[0].zh, "内容无法识别");
    assert_eq!(status.townships[2].last_sync, None);
}

#[test]
fn a_measure_or_level_that_is_not_there_is_named() {
    let county = County::new();
    let ask = |measure: &str, level: &str, period: &str| {
        let question = crate::app::tally::Question {
            measures: vec![measure.into()],
            level: level.into(),
            period: Some(period.into()),
            ..Default::default()
        };
        county.try_ask(question).unwrap_err().code
    };
    assert_eq!(ask("nix", "county", "2026"), shared::code::ErrorCode::NotFound);
    assert_eq!(ask("A1", "village", "2026"), shared::code::ErrorCode::Invalid);
    assert_eq!(ask("A1", "county", "lately"), shared::code::ErrorCode::Invalid);
}

//! The other components, with hostile texts and at their edges.

use super::dom::{Dom, HOSTILE};
use crate::code::ErrorCode;
use crate::program::{Failure, Lang, day_start_ms};
use crate::record::Day;
use crate::ui::Words;
use crate::ui::assets;
use crate::ui::calendar::{Event, EventMark, Month, month};
use crate::ui::chart::{
    Arrival, Bar, Bars, District, Matrix, MatrixRow, Place, Point, Series, Tile, TileMap, Trend, bars,
    matrix, tile_map, trend,
};
use crate::ui::figures::{
    CoverageLine, FigureCell, FigureColumn, FigureRow, FigureTile, OfficeRow, figure_grid, figure_list, tiles,
};
use crate::ui::form::pick::{PICKS_MAX, Pick, options};
use crate::ui::light::light;
use crate::ui::plain::{Confirm, Login, confirm, error, login};
use crate::ui::print::{Sheet, sheet};
use crate::ui::sync_line::{SyncLine, SyncState, moment, sync_line};

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

#[test]
fn parts_are_sound_with_hostile_texts() {
    for lang in [Lang::Zh, Lang::En] {
        let w = Words::of(lang);
        let today = day("2026-11-23");
        let event = |from: &str, mark| Event {
            from: day(from),
            to: day("2026-12-03"),
            title: HOSTILE,
            beside: Some(HOSTILE),
            address: "/",
            mark,
        };
        let events = [
            event("2026-10-30", EventMark::Meeting),
            event("2026-11-23", EventMark::Deadline),
            event("2026-11-23", EventMark::Meeting),
            event("2026-11-24", EventMark::Meeting),
        ];
        let tile = FigureTile {
            label: HOSTILE,
            text: HOSTILE,
            parts: Some(HOSTILE),
            target: Some(HOSTILE),
            met: Some(false),
            change: Some(HOSTILE),
            address: Some("/"),
        };
        let row = FigureRow {
            id: HOSTILE,
            label: HOSTILE,
            text: HOSTILE,
            target: Some(HOSTILE),
            met: Some(true),
            before: Some(HOSTILE),
            change: Some(HOSTILE),
            address: Some("/"),
            part: true,
        };
        let line = CoverageLine {
            have: 17,
            all: 19,
            oldest: Some((HOSTILE, HOSTILE)),
            missing: &[(HOSTILE, HOSTILE)],
            held: 1,
        };
        let cell = FigureCell {
            text: HOSTILE,
            met: Some(false),
            change: Some(HOSTILE),
            place: Some(HOSTILE),
            address: Some("/"),
        };
        let failure = Failure::new(ErrorCode::Refused, HOSTILE, HOSTILE)
            .detail(HOSTILE, HOSTILE)
            .advise(HOSTILE, HOSTILE);
        let whole = maud::html! {
            (month(w, &Month { day: today, today, events: &events, named: &|_| Some(HOSTILE.to_owned()), previous: "/", next: "/" }))
            (tiles(w, &[tile]))
            (figure_list(w, HOSTILE, &[(HOSTILE, vec![row])], Some(&line)))
            (figure_grid(w, HOSTILE, &[FigureColumn { label: HOSTILE, target: Some(HOSTILE) }], &[OfficeRow { label: HOSTILE, address: Some("/"), sum: true, cells: vec![cell] }], &line))
            (confirm(w, &Confirm { title: HOSTILE, text: HOSTILE, details: &[(HOSTILE, HOSTILE)], post: "/", button: HOSTILE, grave: true, cancel: "/", hidden: &[("a", HOSTILE)] }))
            (login(w, &Login { title: HOSTILE, post: "/", account: HOSTILE, wrong: Some(HOSTILE), notices: &[], hidden: &[] }))
            (error(w, &failure, &[(HOSTILE, "/")], Some(HOSTILE)))
            (charts(w, HOSTILE))
            ul role="listbox" aria-label="x" { (options(w, &[])) }
        };
        let dom = Dom::of(w, &whole);
        dom.check();
        assert!(!dom.elements().iter().any(|(element, _)| element.get("onerror").is_some()));
        let paper = sheet(
            w,
            &Sheet { title: HOSTILE, office: HOSTILE, beside: &[HOSTILE], foot: HOSTILE, back: "/" },
            &maud::html! {},
        );
        Dom::page(&paper).check();
    }
}

fn charts(w: &Words, text: &str) -> maud::Markup {
    let bar = |value: Option<f64>, met, place| Bar {
        label: text,
        value,
        text,
        parts: Some(text),
        met,
        place,
        address: Some("/"),
    };
    let shown = [
        bar(Some(50.0), Some(false), Some(Place::At(1))),
        bar(None, None, Some(Place::Out(text))),
        bar(Some(f64::NAN), Some(true), None),
        bar(Some(900.0), None, None),
    ];
    let points = vec![
        Point { value: Some(1.0), text },
        Point { value: None, text },
        Point { value: Some(-4.0), text },
    ];
    let series: Vec<Series<'_>> = (0..4).map(|_| Series { label: text, points: points.clone() }).collect();
    let rows = [
        MatrixRow { label: text, address: None, group: true, cells: Vec::new() },
        MatrixRow {
            label: text,
            address: Some("/"),
            group: false,
            cells: Arrival::ALL.map(|arrival| (arrival, None)).to_vec(),
        },
    ];
    let districts = [District {
        label: text,
        text,
        tiles: vec![
            Tile { label: text, value: Some(3.0), text, address: Some("/") },
            Tile { label: text, value: None, text, address: None },
        ],
    }];
    maud::html! {
        (bars(w, &Bars { id: "a", title: text, description: text, bars: &shown, target: Some((85.0, text)), end: Some(100.0) }))
        (bars(w, &Bars { id: "b", title: text, description: text, bars: &[], target: None, end: None }))
        (trend(w, &Trend { id: "c", title: text, description: text, times: &[text, text, text], series: &series, target: Some((3.0, text)) }))
        (matrix(w, &Matrix { title: text, description: text, columns: &[text; 7], rows: &rows }))
        (tile_map(w, &TileMap { title: text, description: text, districts: &districts, printed: &|value| format!("{value}") }))
        (tile_map(w, &TileMap { title: text, description: text, districts: &[], printed: &|value| format!("{value}") }))
    }
}

/// Every number of a chart is written beside its mark or in its table.
#[test]
fn charts_say_their_numbers() {
    let w = Words::of(Lang::Zh);
    let points = ["31", "47", "59"].map(|text| Point { value: text.parse().ok(), text }).to_vec();
    let series = [Series { label: "今年", points }];
    let page = trend(
        w,
        &Trend {
            id: "t",
            title: "各月",
            description: "渐增",
            times: &["一", "二", "三"],
            series: &series,
            target: None,
        },
    );
    for text in ["31", "47", "59", "<title", "<desc"] {
        assert!(page.0.contains(text), "{text}");
    }
    assert!(page.0.contains("role=\"img\" aria-labelledby=\"t-title t-desc\""));
    let unfinished = MatrixRow {
        label: "石桥镇",
        address: None,
        group: false,
        cells: vec![(Arrival::Unfinished, None), (Arrival::InTime, None), (Arrival::NotDue, None)],
    };
    let page =
        matrix(w, &Matrix { title: "月报", description: "", columns: &["1", "2", "3"], rows: &[unfinished] });
    assert!(page.0.contains(">1/2<"), "arrived of those that are due");
}

#[test]
fn lights_have_words_and_shapes() {
    let w = Words::of(Lang::Zh);
    let of = |days| light(w, days).0;
    assert!(of(-3).contains("超期 3 天") && of(-3).contains("light red") && of(-3).contains("M8 1.5"));
    assert!(of(0).contains("今天到期") && of(1).contains("明天到期") && of(3).contains("light yellow soon"));
    assert!(of(7).contains("还有 7 天") && !of(7).contains("soon"));
    assert!(of(16).contains("light green"));
    assert!(light(Words::of(Lang::En), -1).0.contains("1 day over"));
}

#[test]
fn the_line_to_the_county_says_one_of_five_things() {
    let w = Words::of(Lang::Zh);
    let today = day("2026-11-23");
    let at = day_start_ms(today) + 134 * 60_000;
    let shown = |state| {
        sync_line(
            w,
            &SyncLine { state, today, now: Some("/sync"), again: Some("/line"), more: "/", hidden: &[] },
        )
        .0
    };
    assert!(shown(SyncState::Received(at - 86_400_000)).contains("县里已收到 11月22日 02:14"));
    assert!(shown(SyncState::Waiting(3, Some(at))).contains("3 条待上报"));
    assert!(shown(SyncState::Failed("断线".to_owned(), 3)).contains("同步失败：断线"));
    let runs = shown(SyncState::Running);
    assert!(runs.contains("正在同步…") && runs.contains("every 2s") && !runs.contains("立即同步"));
    assert!(shown(SyncState::Apart).contains("尚未加入县里"));
    assert_eq!(moment(w, at, today), "02:14");
    assert_eq!(moment(w, at, day("2027-01-02")), "2026年11月23日 02:14");
}

#[test]
fn a_list_of_suggestions_is_bounded() {
    let w = Words::of(Lang::Zh);
    let picks: Vec<Pick> = (0..40)
        .map(|n| Pick {
            id: crate::ids::RecordId::from_bytes([n; 16]),
            text: HOSTILE.to_owned(),
            beside: String::new(),
        })
        .collect();
    let page = options(w, &picks);
    assert_eq!(page.0.matches("<li").count(), PICKS_MAX);
    assert!(!page.0.contains("<script"));
}

#[test]
fn assets_are_found_by_addresses_that_hold_their_hash() {
    for asset in assets::all() {
        assert_eq!(assets::at(&asset.address), Some(asset));
        let hash = blake3::hash(asset.text.as_bytes()).to_hex();
        assert!(
            asset.address.starts_with(assets::FOLDER) && asset.address.contains(&hash[..12]),
            "{}",
            asset.address
        );
    }
    assert_eq!(assets::at("/assets/ui.css"), None);
    let style = assets::at(assets::style()).expect("the style").text;
    for outside in ["@import", "url(", "http:", "https:", "font-size: 1rem/"] {
        assert!(!style.contains(outside), "{outside}");
    }
    // No letter is smaller than 16 pixels, but on paper.
    let screen = style.split("@page").next().unwrap_or_default();
    for size in screen.split("font-size: ").skip(1) {
        let size = size.split([';', ' ', '}']).next().unwrap_or_default();
        let rem: Option<f64> = size.strip_suffix("rem").and_then(|rem| rem.parse().ok());
        assert!(size == "100%" || rem.is_some_and(|rem| rem >= 1.0), "{size}");
    }
    let script = assets::at(assets::script()).expect("the script").text;
    for bad in ["eval(", "new Function", "localStorage", "http:"] {
        assert!(!script.contains(bad), "{bad}");
    }
}

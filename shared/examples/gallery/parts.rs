//! Every other component, one page each.

use maud::{Markup, html};
use shared::catalogue::model::Catalogue;
use shared::code::ErrorCode;
use shared::command::Act;
use shared::ledger::DueAsk;
use shared::program::{Failure, day_start_ms};
use shared::record::{Day, Fields};
use shared::sample::county;
use shared::ui::calendar::{Event, EventMark, Month, month};
use shared::ui::chart::{
    self, Arrival, Bar, Bars, District, Matrix, MatrixRow, Place, Point, Series, Tile, TileMap, Trend,
};
use shared::ui::figures::{
    CoverageLine, FigureCell, FigureColumn, FigureRow, FigureTile, OfficeRow, coverage, figure_grid,
    figure_list, tiles,
};
use shared::ui::form::{self, Ask, Pairs, Wrong};
use shared::ui::icon::Icon;
use shared::ui::layout::{Page, alone};
use shared::ui::light::light;
use shared::ui::notice::{Notice, Tone, notice};
use shared::ui::plain::{Confirm, Login, confirm, error, login};
use shared::ui::print::{Sheet, sheet};
use shared::ui::steps::{StepShown, StepState, steps};
use shared::ui::sync_line::{SyncLine, SyncState, sync_line};
use shared::ui::today::{ToDo, Today, today};
use shared::ui::wizard::{Wizard, wizard};

use crate::Gallery;
use crate::kinds::one_form;
use crate::office::Office;

pub fn pages(gallery: &mut Gallery<'_>, office: &Office) {
    let w = gallery.w;
    day(gallery, office);
    put(gallery, office, "signs", "标志与提示", &signs(gallery, office));
    put(gallery, office, "calendar", "日历", &calendar(gallery, office));
    put(gallery, office, "figures", "统计", &figures(gallery));
    put(gallery, office, "charts", "图表", &charts(gallery));
    put(gallery, office, "empty", "空列表", &html! { p { (w.none_found) } });
    wrong(gallery, office);
    let details = [("台账", "代表建议、议案"), ("案由", "关于增设公交停靠站点的建议")];
    let view = Confirm {
        title: "作废这条建议？",
        text: "作废后记录仍在，编号不再使用，也不计入统计。需要时请写明理由。",
        details: &details,
        post: "/void",
        button: "作废",
        grave: true,
        cancel: "/",
        hidden: &[],
    };
    put_own(gallery, office, "confirm", "作废这条建议？", &confirm(w, &view));
    let failure = Failure::new(
        ErrorCode::Conflict,
        "这条记录刚被另一位同事改过，您的修改没有保存。",
        "The record has been changed by somebody else.",
    )
    .detail("“主办单位”已由“县交通局”改为“县住建局”（王小梅，09:12）", "main unit")
    .advise("请打开记录看一看，再决定是否修改。您填写的内容还在上一页。", "Look at the record, then decide.");
    put_own(
        gallery,
        office,
        "error",
        "没有保存",
        &error(w, &failure, &[("打开记录", "/"), ("回到列表", "/")], Some("7F3K-02")),
    );
    let view = Login {
        title: "登录",
        post: "/login",
        account: "wangxm",
        wrong: Some("账号或密码不对，还可以试 4 次。"),
        notices: &[Notice::new(Tone::Plain, "您已退出登录。")],
        hidden: &[],
    };
    gallery.write("parts", "login", &alone(w, office.name, "登录", Some("/en/"), &login(w, &view)));
    let done = [
        ("选择文件", StepState::Done),
        ("核对各列", StepState::Here),
        ("核对各行", StepState::Ahead),
        ("导入", StepState::Ahead),
    ];
    let shown = done.map(|(label, state)| StepShown {
        label,
        state,
        address: (state == StepState::Done).then_some("/"),
    });
    let body = html! { p { "文件“2017年建议台账.csv”有 284 行、17 列，已认出 15 列。" } div.field { label for="sheet" { "工作表" } select #sheet name="sheet" { option { "建议汇总" } } } };
    put(
        gallery,
        office,
        "wizard",
        "导入台账",
        &wizard(
            w,
            &Wizard {
                title: "核对各列",
                steps: &shown,
                body: &body,
                post: "/import",
                back: Some("/"),
                button: None,
                files: false,
                hidden: &[],
            },
        ),
    );
    let body = html! { table { tr { th { "案号" } td { "1" } th { "案别" } td { "建议" } } tr { th { "案由" } td colspan="3" { "关于增设公交停靠站点的建议" } } } };
    gallery.write(
        "parts",
        "print",
        &sheet(
            w,
            &Sheet {
                title: "代表建议交办单",
                office: "石桥镇人民代表大会主席团",
                beside: &["石桥人建〔2026〕1号", "2026年11月23日"],
                foot: "王小梅 2026-11-23 09:00 打印 · 记录 00000369",
                back: "/",
            },
            &body,
        ),
    );
}

fn put(gallery: &mut Gallery<'_>, office: &Office, name: &str, title: &str, body: &Markup) {
    gallery.page(office, "parts", name, &Page { title, ..Page::default() }, body);
}

fn put_own(gallery: &mut Gallery<'_>, office: &Office, name: &str, title: &str, body: &Markup) {
    gallery.page(office, "parts", name, &Page { title, own_title: true, ..Page::default() }, body);
}

fn day(gallery: &mut Gallery<'_>, office: &Office) {
    let w = gallery.w;
    let mut due = office
        .ledger(|ledger| ledger.due(&DueAsk { days: Some(30), ..DueAsk::default() }))
        .expect("what is due can be listed");
    let near: Vec<_> = due.lines.iter().filter(|line| line.days_left >= 0).take(12).cloned().collect();
    due.lines.retain(|line| line.days_left < 0);
    due.lines.truncate(6);
    due.lines.extend(near);
    let others = [
        ToDo {
            icon: Icon::Inbox,
            label: "县里新发来的",
            count: 2,
            beside: Some("交办事项 1、通知 1"),
            address: "/",
        },
        ToDo {
            icon: Icon::Alarm,
            label: "被县里搁置，需要改正",
            count: 1,
            beside: Some("会议：出席人数大于应到人数"),
            address: "/",
        },
        ToDo { icon: Icon::Pencil, label: "未提交的草稿", count: 4, beside: None, address: "/" },
    ];
    let record = gallery.address("petition", "record");
    let view = Today {
        due: &due,
        record: &|_| record.clone(),
        urge: &|line| line.urge.as_ref().filter(|urge| urge.now).map(|_| record.clone()),
        others: &others,
    };
    let body = today(w, &view);
    gallery.page(
        office,
        "parts",
        "today",
        &Page { title: w.lang.pick("今日待办", "Today"), here: "/parts/today.html", ..Page::default() },
        &body,
    );
}

fn signs(gallery: &Gallery<'_>, office: &Office) -> Markup {
    let w = gallery.w;
    let at = day_start_ms(office.today()) + 8_040_000;
    let states = [
        SyncState::Received(at),
        SyncState::Waiting(3, Some(at - 86_400_000)),
        SyncState::Running,
        SyncState::Failed("县级服务器没有回应".to_owned(), 3),
        SyncState::Apart,
    ];
    let places = ["提交", "交办", "办理", "答复", "评价"];
    let shown: Vec<StepShown<'_>> = places
        .iter()
        .enumerate()
        .map(|(nth, label)| StepShown {
            label,
            state: [StepState::Done, StepState::Done, StepState::Here, StepState::Ahead, StepState::Ahead]
                [nth],
            address: None,
        })
        .collect();
    html! {
        (notice(w, &Notice::new(Tone::Success, "已保存：石桥人信〔2026〕64号，现为“已登记”。").way("打印登记表", "/")))
        (notice(w, &Notice::new(Tone::Warning, "“脱敏摘要”里像有电话号码，这一栏会上报县里。").advise("请打开记录改掉。")))
        (notice(w, &Notice::new(Tone::Error, "磁盘已满，这次没有保存。").detail("已保存的数据没有丢失，仍可查看。").advise("请清理磁盘空间后再试。")))
        (notice(w, &Notice::new(Tone::Plain, "2027 年的放假安排尚未公布，落在该年的期限暂定。")))
        section.part { h2 { "期限" } p { @for days in [-12, -1, 0, 1, 3, 6, 14, 40] { (light(w, days)) " " } } }
        section.part { h2 { "进度" } (steps(w, &shown)) }
        section.part { h2 { "同步" } @for (nth, state) in states.into_iter().enumerate() { @if nth == 0 { div.top { (sync_line(w, &SyncLine { state, today: office.today(), now: Some("/sync"), again: None, more: "/", hidden: &[] })) } } @else { div.top { (unnamed(&sync_line(w, &SyncLine { state, today: office.today(), now: Some("/sync"), again: None, more: "/", hidden: &[] }))) } } } }
    }
}

/// A second line on one page must not have the id of the first.
fn unnamed(line: &Markup) -> Markup {
    maud::PreEscaped(line.0.replace(" id=\"sync\"", ""))
}

fn calendar(gallery: &Gallery<'_>, office: &Office) -> Markup {
    let day = |text: &str| text.parse::<Day>().expect("a day");
    let event = |from: &str, to: &str, title: &'static str, mark| Event {
        from: day(from),
        to: day(to),
        title,
        beside: Some("镇政府三楼会议室"),
        address: "/",
        mark,
    };
    let events = [
        event("2026-11-03", "2026-11-03", "主席团第五次会议", EventMark::Meeting),
        event("2026-11-10", "2026-11-12", "代表集中视察农村饮水", EventMark::Meeting),
        event("2026-11-20", "2026-11-20", "信访办结", EventMark::Deadline),
        event("2026-11-23", "2026-11-23", "代表接待日", EventMark::Meeting),
        event("2026-11-23", "2026-11-23", "建议答复：关于增设公交停靠站点的建议", EventMark::Deadline),
        event("2026-11-23", "2026-11-23", "县联系会议", EventMark::Meeting),
        event("2026-11-23", "2026-11-23", "述职评议", EventMark::Meeting),
        event("2026-11-30", "2026-12-02", "第十八届人大第三次会议", EventMark::Meeting),
    ];
    month(
        gallery.w,
        &Month {
            day: office.today(),
            today: office.today(),
            events: &events,
            named: &|day| (day.weekday() > 5).then(|| "休".to_owned()),
            previous: "/",
            next: "/",
        },
    )
}

fn figures(gallery: &Gallery<'_>) -> Markup {
    let w = gallery.w;
    let shown = [
        FigureTile {
            label: "建议办结率",
            text: "92.5 %",
            parts: Some("62 / 67"),
            target: Some("≥ 85 %"),
            met: Some(true),
            change: Some("+3.1"),
            address: Some("/"),
        },
        FigureTile {
            label: "按期答复率",
            text: "78.0 %",
            parts: Some("46 / 59"),
            target: Some("≥ 90 %"),
            met: Some(false),
            change: Some("-2.4"),
            address: Some("/"),
        },
        FigureTile { label: "来信来访", text: "65", change: Some("+8"), ..FigureTile::default() },
        FigureTile {
            label: "信访满意率", text: "—", target: Some("≥ 80 %"), ..FigureTile::default()
        },
    ];
    let row = |id, label, text, target, met, before, change| FigureRow {
        id,
        label,
        text,
        target,
        met,
        before: Some(before),
        change: Some(change),
        address: Some("/"),
        part: false,
    };
    let groups = [
        (
            "建议、议案",
            vec![
                row("A1", "收到建议", "67", None, None, "64", "+3"),
                FigureRow {
                    id: "",
                    label: "其中：城建环保",
                    text: "21",
                    before: Some("18"),
                    change: Some("+3"),
                    part: true,
                    ..FigureRow::default()
                },
                row("A7", "按期答复率", "78.0 %", Some("≥ 90 %"), Some(false), "80.4 %", "-2.4"),
            ],
        ),
        (
            "来信来访",
            vec![
                row("B1", "受理", "65", None, None, "57", "+8"),
                row("B5", "按期办结率", "96.9 %", Some("≥ 95 %"), Some(true), "94.7 %", "+2.2"),
            ],
        ),
    ];
    let line = CoverageLine {
        have: 17,
        all: 19,
        oldest: Some(("白塔镇", "3 天前")),
        missing: &[("柳林镇", "两夜未同步"), ("东湖街道", "同步中断")],
        held: 1,
    };
    let columns = [
        FigureColumn { label: "收到建议", target: None },
        FigureColumn { label: "办结率", target: Some("≥ 85 %") },
        FigureColumn { label: "报县信息得分", target: None },
    ];
    let cell = |text, met, place| FigureCell { text, met, place, address: Some("/"), change: None };
    let rows = [
        OfficeRow {
            label: "石桥镇",
            address: Some("/"),
            sum: false,
            cells: vec![
                cell("67", None, None),
                cell("92.5 %", Some(true), Some("第 2 名")),
                cell("145", None, Some("第 1 名")),
            ],
        },
        OfficeRow {
            label: "白塔镇",
            address: Some("/"),
            sum: false,
            cells: vec![
                cell("41", None, None),
                cell("80.5 %", Some(false), Some("第 5 名")),
                cell("95", None, Some("未同步，不排名")),
            ],
        },
        OfficeRow {
            label: "第一片",
            address: None,
            sum: true,
            cells: vec![cell("108", None, None), cell("87.9 %", None, None), cell("240", None, None)],
        },
    ];
    html! {
        (tiles(w, &shown))
        (figure_list(w, "2026 年 1 月 1 日至 11 月 23 日，与上年同期比", &groups, None))
        (figure_grid(w, "各乡镇 2026 年", &columns, &rows, &line))
        (coverage(w, &CoverageLine { have: 19, all: 19, ..CoverageLine::default() }))
    }
}

fn charts(gallery: &Gallery<'_>) -> Markup {
    let w = gallery.w;
    let names: Vec<&str> = county::TOWNSHIPS.iter().map(|town| town.name).collect();
    let texts: Vec<(f64, String, String)> = (0..names.len())
        .map(|nth| {
            (
                48.0 + (nth * 37 % 53) as f64,
                format!("{}.0 %", 48 + nth * 37 % 53),
                format!("{}/{}", 10 + nth, 20 + nth),
            )
        })
        .collect();
    let bar = |nth: usize| Bar {
        label: names[nth],
        value: Some(texts[nth].0),
        text: &texts[nth].1,
        parts: Some(&texts[nth].2),
        met: Some(texts[nth].0 >= 85.0),
        place: None,
        address: Some("/"),
    };
    let shown: Vec<Bar<'_>> = (3..10).map(bar).collect();
    let ranked: Vec<Bar<'_>> = (3..9)
        .map(|nth| Bar {
            place: Some(if nth < 8 { Place::At(nth as u32 - 2) } else { Place::Out("一票否决") }),
            met: None,
            ..bar(nth)
        })
        .collect();
    let months = ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"];
    let now = ["3", "5", "4", "8", "12", "9", "7", "6", "11", "8", "9"];
    let then = ["2", "4", "6", "6", "9", "8", "8", "5", "7", "9", "7", "6"];
    let points = |texts: &[&'static str]| -> Vec<Point<'static>> {
        (0..months.len())
            .map(|at| {
                texts.get(at).map_or(Point { value: None, text: "—" }, |text| Point {
                    value: text.parse().ok(),
                    text,
                })
            })
            .collect()
    };
    let series =
        [Series { label: "2026年", points: points(&now) }, Series { label: "2025年", points: points(&then) }];
    let all = Arrival::ALL;
    let rows: Vec<MatrixRow<'_>> =
        [MatrixRow { label: "第一片", address: None, group: true, cells: Vec::new() }]
            .into_iter()
            .chain((0..6).map(|nth| {
                MatrixRow {
                    label: names[nth + 3],
                    address: Some("/"),
                    group: false,
                    cells: (0..11)
                        .map(|at| {
                            (
                                if at > 9 {
                                    Arrival::NotDue
                                } else {
                                    all[[0, 0, 0, 1, 0, 3, 0, 4, 0, 5, 6][(nth * 3 + at * 2) % 11]]
                                },
                                Some("/"),
                            )
                        })
                        .collect(),
                }
            }))
            .collect();
    let tile = |nth: usize| Tile {
        label: names[nth],
        value: (nth != 7).then_some(texts[nth].0),
        text: if nth == 7 { "—" } else { &texts[nth].1 },
        address: Some("/"),
    };
    let districts: Vec<District<'_>> =
        [("第一片", 0..5), ("第二片", 5..10), ("第三片", 10..15), ("第四片", 15..19)]
            .into_iter()
            .map(|(label, range)| District { label, text: "74.2 %", tiles: range.map(tile).collect() })
            .collect();
    html! {
        (chart::bars(w, &Bars { id: "done", title: "建议办结率", description: "七个乡镇中有两个达到 85 % 的目标。", bars: &shown, target: Some((85.0, "≥ 85 %")), end: Some(100.0) }))
        (chart::bars(w, &Bars { id: "rank", title: "信息报送排名", description: "柳林镇以后按得分排列；一个乡镇不参加排名。", bars: &ranked, target: None, end: None }))
        (chart::trend(w, &Trend { id: "months", title: "各月收到建议", description: "五月最多，十二件；比上年同期多十一件。", times: &months, series: &series, target: None }))
        (chart::matrix(w, &Matrix { title: "月报报送情况", description: "每格是一个乡镇一个月的月报。", columns: &months[..11], rows: &rows }))
        (chart::tile_map(w, &TileMap { title: "按期答复率分布", description: "颜色越深越高。", districts: &districts, printed: &|value| format!("{value:.0} %") }))
    }
}

/// A form that came back with what was wrong.
fn wrong(gallery: &mut Gallery<'_>, office: &Office) {
    let w = gallery.w;
    let catalogue = Catalogue::builtin();
    let Some(kind) = catalogue.kind("petition") else { return };
    let Some(action) = kind.action("register") else { return };
    let ask = Ask { kind, act: Act::Take(action.tag), status: None };
    let posted = [
        ("f.title", "关于农村饮水水压不足的来信"),
        ("f.received_on", "2026.11.31"),
        ("f.people_count", "三人"),
        ("f.category", ""),
        ("f.summary", "反映自来水水压不足。"),
        ("f.petitioner_phone", "1380000"),
    ];
    let pairs: Pairs = posted.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let said =
        |name: &str, zh: &str| Wrong { name: Some(name.to_owned()), text: shared::program::text(zh, zh) };
    let wrong = [
        said("f.received_on", "收到日期：没有这一天"),
        said("f.people_count", "信访人数：应为整数"),
        said("f.category", "信访类别必须填写"),
        said("f.petitioner_phone", "信访人电话应为 5 至 20 位数字"),
    ];
    let body = one_form(gallery, office, ask, &pairs, &Fields::new(), None, &wrong);
    let _ = form::id("f.title");
    gallery.page(
        office,
        "parts",
        "wrong",
        &Page {
            title: w.lang.of(&action.label),
            over_title: Some(w.lang.of(&kind.label)),
            here: "",
            ..Page::default()
        },
        &body,
    );
}

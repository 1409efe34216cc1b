use clap::Args;
use shared::ids::TownshipCode;
use shared::program::{Align, Failure, Lang, Table, cut};

use super::Desk;
use crate::app::acks::{Line, Wanted};

/// 谁还没有签收什么 / Who has not signed for what
#[derive(Debug, Args)]
pub(super) struct Acks {
    /// 只看一种县里的台账，如 circular_doc / one kind of the county alone
    #[arg(long)]
    kind: Option<String>,
    /// 只看一个乡镇 / one township alone
    #[arg(long, value_name = "CODE")]
    township: Option<TownshipCode>,
    /// 已签收的也列出 / answered ones too
    #[arg(long)]
    all: bool,
    /// 从哪天的记录起（默认一年）/ records from this day on; a year by default
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
}

/// Columns that a title may take.
const TITLE_COLUMNS: usize = 30;

impl Acks {
    pub(super) fn run(self, desk: &Desk) -> Result<(), Failure> {
        let counter = desk.counter()?;
        let wanted = Wanted {
            kind: self.kind,
            township: self.township,
            all: self.all,
            from: self.from,
            limit: crate::limits::ACKS_MAX,
            ..Wanted::default()
        };
        let mut answer = counter.ask(wanted.clone())?;
        while !answer.next.is_empty() && answer.lines.len() < crate::limits::ACKS_LISTED_MAX {
            let page = counter.ask(Wanted { after: answer.next, ..wanted.clone() })?;
            answer.lines.extend(page.lines);
            answer.next = page.next;
        }
        desk.out.data(&answer, |lang| {
            if answer.lines.is_empty() {
                return lang.pick("没有未签收的。\n", "Nothing is waited for.\n").to_owned();
            }
            let mut out = table(&answer.lines, lang);
            if !answer.next.is_empty() {
                let more = lang.pick(
                    "还有更多，请用 --kind 或 --from 缩小范围。\n",
                    "There are more; narrow it down with --kind or --from.\n",
                );
                out.push_str(more);
            }
            out
        });
        Ok(())
    }
}

fn table(lines: &[Line], lang: Lang) -> String {
    let heads = [
        ("台账", "kind", Align::Left),
        ("标题", "title", Align::Left),
        ("乡镇", "township", Align::Left),
        ("情况", "standing", Align::Left),
        ("下发", "published", Align::Left),
        ("送达", "delivered", Align::Left),
        ("签收期限", "sign by", Align::Left),
        ("等待（天）", "days", Align::Right),
        ("签收", "answered", Align::Left),
    ];
    let mut table = Table::new(heads.map(|(zh, en, align)| (lang.pick(zh, en), align)));
    let day =
        |moment: Option<&String>| moment.map(|text| text.chars().take(10).collect()).unwrap_or_default();
    for line in lines {
        let (zh, en) = line.standing.label();
        table.row([
            line.kind_label.get(lang).to_owned(),
            cut(&line.title, TITLE_COLUMNS),
            line.township_name.clone(),
            lang.pick(zh, en).to_owned(),
            day(Some(&line.published)),
            day(line.delivered.as_ref()),
            line.due.clone().unwrap_or_default(),
            line.waiting_days.map(|days| days.to_string()).unwrap_or_default(),
            day(line.answered.as_ref()),
        ]);
    }
    table.render()
}

//! How a figure is counted, in words made from the catalogue.

use std::collections::BTreeMap;

use shared::catalogue::model::{
    Amount, By, Catalogue, Condition, Coverage, CoverageList, DatePart, Field, Kind, Measure, Of, On, Rate,
    RateForm, Shape, Show, Source, Window,
};
use shared::program::Lang;
use shared::record::{EntryFlags, Value};

pub(super) struct Defined {
    pub(super) counted: String,
    /// The date by which it belongs to a period.
    pub(super) day: String,
    pub(super) ledger: String,
}

/// A measure, rate or coverage by its id.
pub(super) fn define(catalogue: &Catalogue, id: &str, lang: Lang) -> Option<Defined> {
    if let Some((kind, measure)) = catalogue.measure(id) {
        return Some(measured(catalogue, kind, measure, lang));
    }
    if let Some((_, rate)) = catalogue.rates().find(|(_, rate)| rate.id == id) {
        return Some(rated(catalogue, rate, lang));
    }
    let (kind, coverage) = catalogue.coverages().find(|(_, coverage)| coverage.id == id)?;
    Some(covered(catalogue, kind, coverage, lang))
}

/// Names of what conditions and numbers speak of.
#[derive(Clone, Copy)]
struct Words<'a> {
    catalogue: &'a Catalogue,
    lang: Lang,
    kind: &'a Kind,
    /// Those of the record, or the columns of its child rows.
    fields: &'a BTreeMap<u32, Field>,
}

fn measured(catalogue: &Catalogue, kind: &Kind, measure: &Measure, lang: Lang) -> Defined {
    let words = Words { catalogue, lang, kind, fields: &kind.fields };
    let rows = measure.rows.as_ref().and_then(|rows| {
        let field = kind.fields.get(&rows.field)?;
        let Shape::Rows(columns) = &field.shape else { return None };
        Some((field, Words { fields: columns, ..words }, &rows.condition))
    });
    let inner = rows.map_or(words, |(_, inner, _)| inner);
    let of = match (&measure.of, rows) {
        (Of::Count, None) => lang.pick("件数", "records").to_owned(),
        (Of::Count, Some((field, ..))) => match lang {
            Lang::Zh => format!("“{}”的行数", field.label.zh),
            Lang::En => format!("rows of \"{}\"", field.label.en),
        },
        (Of::Sum(tag), _) => words.say("{}之和", "sum of {}", &[inner.field(*tag)]),
        (Of::Days { from, to }, _) => words.say(
            "从{}到{}的天数之和",
            "days from {} to {}, summed",
            &[inner.field(*from), inner.field(*to)],
        ),
        (Of::Spread { from, to }, _) => {
            words.say("从{}到{}的天数", "days from {} to {}", &[inner.field(*from), inner.field(*to)])
        }
        (Of::Values(tag), _) => words.say("{}的个数", "values of {}", &[inner.field(*tag)]),
    };
    let mut counted = match measure.by {
        None => of,
        Some(By { source, reach }) => {
            let what = words.source(measure, source);
            let mut text = words.say("有几个不同的{}", "different {}", &[what]);
            if let Some(reach) = reach {
                text.push_str(&words.say(
                    "（{}达到 {}）",
                    " (whose {} reaches {})",
                    &[of, reach.to_string()],
                ));
            }
            text
        }
    };
    let mut conditions = vec![words.condition(&measure.condition)];
    conditions.extend(rows.map(|(_, inner, condition)| inner.condition(condition)));
    conditions.retain(|text| !text.is_empty());
    if !conditions.is_empty() {
        counted.push_str(lang.pick("，其中：", ", where "));
        counted.push_str(&conditions.join(lang.pick("，且", " and ")));
    }
    if let Some(split) = measure.split {
        counted.push_str(&words.say("；按{}分列", "; split by {}", &[words.source(measure, split)]));
    }
    let day = match measure.on {
        On::Field(tag) => words.field(tag),
        On::Column(tag) => inner.field(tag),
        On::Due(deadline) => words.say("{}到期日", "due day of {}", &[words.deadline(deadline)]),
        On::Span { from, to, .. } => {
            words.say("自{}起，到{}止", "from {} until {}", &[words.field(from), words.field(to)])
        }
    };
    let window = match measure.window {
        Window::Period => "",
        Window::Past => lang.pick("（期间内已过的日子）", " (days of the period that are over)"),
        Window::Until => lang.pick("（截至期末）", " (up to the end of the period)"),
        Window::BeforeAsOf => lang.pick("（判断日以前）", " (before the day of judgement)"),
        Window::FromAsOf { .. } => lang.pick("（判断日起若干天内）", " (soon after the day of judgement)"),
        Window::Term => lang.pick("（本届以来）", " (since the term began)"),
    };
    Defined { counted, day: format!("{day}{window}"), ledger: lang.of(&kind.label).to_owned() }
}

fn rated(catalogue: &Catalogue, rate: &Rate, lang: Lang) -> Defined {
    let name = |id: &String| {
        let label = catalogue.measure(id).map(|(_, measure)| lang.of(&measure.label));
        format!("{id} {}", label.unwrap_or_default()).trim_end().to_owned()
    };
    let above: Vec<String> = rate.numerator.iter().map(name).collect();
    let above = above.join(lang.pick("＋", " + "));
    let below = rate.denominator.as_ref().map(name).unwrap_or_default();
    let say = |zh: String, en: String| if lang == Lang::Zh { zh } else { en };
    let counted = match &rate.form {
        RateForm::Percent => {
            say(format!("（{above}）÷（{below}），百分比"), format!("({above}) / ({below}), percent"))
        }
        RateForm::Mean => say(format!("（{above}）÷（{below}）"), format!("({above}) / ({below})")),
        RateForm::PerTenThousand => {
            say(format!("（{above}）÷（{below}）×10000"), format!("({above}) / ({below}) for each 10,000"))
        }
        RateForm::Sum => above,
        RateForm::Difference => say(format!("（{above}）－（{below}）"), format!("({above}) - ({below})")),
        RateForm::Surplus => say(
            format!("（{above}）－（{below}），没有定线的写“—”"),
            format!("({above}) - ({below}); — where no line is set"),
        ),
        RateForm::Median => say(format!("{above}的中位数"), format!("median of {above}")),
        RateForm::LongestGap => {
            say(format!("{above}相邻两次最多隔几天"), format!("most days between neighbours of {above}"))
        }
        RateForm::GapOver { limit_days } => say(
            format!("{above}相邻两次相隔超过{limit_days}天的乡镇数"),
            format!("townships with more than {limit_days} days between neighbours of {above}"),
        ),
        RateForm::SinceLast => {
            say(format!("距最近一次{above}的天数"), format!("days since the last {above}"))
        }
        RateForm::SinceLastOver { limit_days } => say(
            format!("距最近一次{above}超过{limit_days}天、或从未有过的乡镇数"),
            format!("townships more than {limit_days} days after the last {above}, or without any"),
        ),
        RateForm::Pace => say(
            format!("（{above}）－（{below}）×期间已过的部分"),
            format!("({above}) - ({below}) × the part of the period that has passed"),
        ),
        RateForm::Grade { lines, .. } => {
            let lines: Vec<String> = lines.iter().map(name).collect();
            let lines = lines.join(lang.pick("、", ", "));
            say(format!("（{above}）达到哪条线：{lines}"), format!("which line ({above}) reaches: {lines}"))
        }
    };
    let mut days: Vec<String> = Vec::new();
    let mut ledgers: Vec<String> = Vec::new();
    for part in rate.parts().filter_map(|id| catalogue.measure(id)) {
        let Defined { day, ledger, .. } = measured(catalogue, part.0, part.1, lang);
        for (known, new) in [(&mut days, day), (&mut ledgers, ledger)] {
            if !known.contains(&new) {
                known.push(new);
            }
        }
    }
    let mark = lang.pick("；", "; ");
    Defined { counted, day: days.join(mark), ledger: ledgers.join(mark) }
}

fn covered(catalogue: &Catalogue, kind: &Kind, coverage: &Coverage, lang: Lang) -> Defined {
    let say = |zh: String, en: String| if lang == Lang::Zh { zh } else { en };
    let words = Words { catalogue, lang, kind, fields: &kind.fields };
    let (list, ledger) = match &coverage.list {
        CoverageList::Records { kind: tag, condition, at_least_days, .. } => {
            let listed = catalogue.kinds.get(tag).unwrap_or(kind);
            let own = Words { kind: listed, fields: &listed.fields, ..words };
            let mut text = say(
                format!("期末在册的{}", listed.label.zh),
                format!("{} on the list at the end", listed.label.en),
            );
            let condition = own.condition(condition);
            if !condition.is_empty() {
                text.push_str(&say(format!("（{condition}）"), format!(" ({condition})")));
            }
            if *at_least_days > 0 {
                text.push_str(&say(
                    format!("，在册满{at_least_days}天"),
                    format!(", for at least {at_least_days} days"),
                ));
            }
            (text, lang.of(&listed.label).to_owned())
        }
        CoverageList::Townships => {
            (lang.pick("各乡镇", "townships").to_owned(), lang.of(&kind.label).to_owned())
        }
        CoverageList::Choices { field, .. } => (
            words.say("每个乡镇应有的各项{}", "every {} that a township is to have", &[words.field(*field)]),
            lang.of(&kind.label).to_owned(),
        ),
    };
    let by: Vec<String> = coverage
        .covered_by
        .iter()
        .map(|id| {
            let label = catalogue.measure(id).map(|(_, measure)| lang.of(&measure.label));
            format!("{id} {}", label.unwrap_or_default()).trim_end().to_owned()
        })
        .collect();
    let by = by.join(lang.pick("、", ", "));
    let counted = match coverage.show {
        Show::Covered => say(format!("{by}涉及到的÷{list}"), format!("those reached by {by} / {list}")),
        Show::Missing => {
            say(format!("{by}没有涉及到的，对{list}"), format!("those not reached by {by}, of {list}"))
        }
    };
    let day = match coverage.window {
        Window::Period => lang.pick("期间内的工作", "work of the period"),
        Window::Term => lang.pick("本届以来的工作", "work since the term began"),
        _ => lang.pick("截至期末的工作", "work up to the end of the period"),
    };
    Defined { counted, day: day.to_owned(), ledger }
}

impl<'a> Words<'a> {
    /// A text with its gaps filled, one after the other.
    fn say(&self, zh: &str, en: &str, parts: &[String]) -> String {
        parts.iter().fold(self.lang.pick(zh, en).to_owned(), |text, part| text.replacen("{}", part, 1))
    }

    fn field(&self, tag: u32) -> String {
        let name = self.fields.get(&tag).map(|field| self.lang.of(&field.label));
        match (name, self.lang) {
            (Some(name), Lang::Zh) => format!("“{name}”"),
            (Some(name), Lang::En) => format!("\"{name}\""),
            (None, _) => tag.to_string(),
        }
    }

    fn deadline(&self, number: u32) -> String {
        let label = self.catalogue.deadlines.get(&number).map(|deadline| self.lang.of(&deadline.label));
        let name = label.map_or_else(|| number.to_string(), str::to_owned);
        self.say("“{}”", "\"{}\"", &[name])
    }

    fn source(&self, measure: &Measure, source: Source) -> String {
        match source {
            Source::Unit => self.lang.pick("单位", "office").to_owned(),
            _ => {
                let field = measure.source(self.kind, source).map(|field| self.lang.of(&field.label));
                self.say("“{}”", "\"{}\"", &[field.unwrap_or_default().to_owned()])
            }
        }
    }

    fn statuses(&self, tags: &[u32]) -> String {
        let name = |tag: &u32| {
            self.kind.statuses.get(tag).map_or_else(|| tag.to_string(), |s| self.lang.of(&s.label).to_owned())
        };
        tags.iter().map(name).collect::<Vec<_>>().join(self.lang.pick("、", ", "))
    }

    fn values(&self, field: u32, values: &[Value]) -> String {
        let found = self.fields.get(&field);
        let say = |value: &Value| match value {
            Value::Choice(id) => {
                let choice = found.and_then(|field| field.choice(*id));
                choice.map_or_else(|| id.to_string(), |choice| self.lang.of(&choice.label).to_owned())
            }
            Value::Flag(true) => self.lang.pick("是", "yes").to_owned(),
            Value::Flag(false) => self.lang.pick("否", "no").to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Text(text) => text.clone(),
            Value::Date(day) => day.to_string(),
            other => format!("{other:?}"),
        };
        values.iter().map(say).collect::<Vec<_>>().join(self.lang.pick("、", ", "))
    }

    /// Empty for a condition that always holds.
    fn condition(&self, condition: &Condition) -> String {
        let several = |list: &[Condition], zh: &str, en: &str| {
            let parts: Vec<String> =
                list.iter().map(|one| self.condition(one)).filter(|text| !text.is_empty()).collect();
            parts.join(self.lang.pick(zh, en))
        };
        match condition {
            Condition::All(list) => several(list, "，且", " and "),
            Condition::Any(list) => self.say("（{}）", "({})", &[several(list, " 或 ", " or ")]),
            // Said straight where that is shorter.
            Condition::Not(inner) => match &**inner {
                Condition::StatusIn(tags) => {
                    self.say("状态不是 {}", "status is not {}", &[self.statuses(tags)])
                }
                Condition::Filled(tag) => self.say("{}没有填", "{} is empty", &[self.field(*tag)]),
                Condition::In { field, values } => {
                    self.say("{}不是 {}", "{} is not {}", &[self.field(*field), self.values(*field, values)])
                }
                other => self.say("不符合（{}）", "not ({})", &[self.condition(other)]),
            },
            Condition::StatusIn(tags) => self.say("状态为 {}", "status is {}", &[self.statuses(tags)]),
            Condition::Reached(tags) => self.say("到过 {}", "has reached {}", &[self.statuses(tags)]),
            Condition::Filled(tag) => self.say("{}已填", "{} is filled", &[self.field(*tag)]),
            Condition::In { field, values } => {
                self.say("{}为 {}", "{} is {}", &[self.field(*field), self.values(*field, values)])
            }
            Condition::Within { amount, least, most } => {
                let least = least.map(|least| format!("≥ {least}"));
                let most = most.map(|most| format!("≤ {most}"));
                let bounds: Vec<String> = least.into_iter().chain(most).collect();
                format!("{} {}", self.amount(amount), bounds.join(self.lang.pick("，", ", ")))
            }
            Condition::Share { part, whole, numerator, denominator, above } => {
                let than = if *above { ">" } else { "≥" };
                format!("{} ÷ {} {than} {numerator}/{denominator}", self.amount(part), self.amount(whole))
            }
            Condition::InOrder { first, second } => {
                self.say("{}不早于{}", "{} is not before {}", &[self.field(*second), self.field(*first)])
            }
            Condition::Linked { field, condition } => {
                let linked = self.linked(*field);
                let inner = linked.map_or_else(String::new, |words| words.condition(condition));
                self.say("所联{}：{}", "the linked {}: {}", &[self.field(*field), inner])
            }
            Condition::Overdue(deadline) => {
                self.say("{}已超期", "{} is overdue", &[self.deadline(*deadline)])
            }
            Condition::HasDeadline(deadline) => {
                self.say("有{}期限", "there is {}", &[self.deadline(*deadline)])
            }
            Condition::MetInTime(deadline) => {
                self.say("{}按期完成", "{} was met in time", &[self.deadline(*deadline)])
            }
            Condition::DeadlineOpen(deadline) => {
                self.say("{}未完", "{} is open", &[self.deadline(*deadline)])
            }
            Condition::Flag(flag) => match *flag {
                EntryFlags::IMPORTED => self.lang.pick("历史导入", "imported").to_owned(),
                EntryFlags::VOIDED => self.lang.pick("已作废", "void").to_owned(),
                EntryFlags(bits) => format!("#{bits}"),
            },
        }
    }

    /// Words of the kind that a link field names.
    fn linked(&self, field: u32) -> Option<Words<'a>> {
        let kinds = match &self.fields.get(&field)?.shape {
            Shape::Link(kinds) | Shape::Links(kinds) => kinds,
            _ => return None,
        };
        let kind = self.catalogue.kinds.get(kinds.first()?)?;
        Some(Words { kind, fields: &kind.fields, ..*self })
    }

    fn amount(&self, amount: &Amount) -> String {
        let several = |list: &[Amount], mark: &str| {
            list.iter().map(|one| self.amount(one)).collect::<Vec<_>>().join(mark)
        };
        match amount {
            Amount::Fixed(number) => number.to_string(),
            Amount::Field(tag) => self.field(*tag),
            Amount::Rows { field, condition, sum } => {
                let inner = match self.fields.get(field).map(|field| &field.shape) {
                    Some(Shape::Rows(columns)) => Words { fields: columns, ..*self },
                    _ => *self,
                };
                let condition = inner.condition(condition);
                let of = self.field(*field);
                let of = if condition.is_empty() {
                    of
                } else {
                    self.say("{}（{}）", "{} ({})", &[of, condition])
                };
                match sum {
                    Some(column) => self.say("{}的{}之和", "sum over {} of {}", &[of, inner.field(*column)]),
                    None => self.say("{}的行数", "rows of {}", &[of]),
                }
            }
            Amount::Add(list) => several(list, " ＋ "),
            Amount::Subtract(list) => several(list, " － "),
            Amount::Days { from, to } => {
                self.say("从{}到{}的天数", "days from {} to {}", &[self.field(*from), self.field(*to)])
            }
            Amount::Part { field, part } => {
                let (zh, en) = match part {
                    DatePart::Year => ("{}的年份", "year of {}"),
                    DatePart::Month => ("{}的月份", "month of {}"),
                    DatePart::Day => ("{}的日", "day of {}"),
                };
                self.say(zh, en, &[self.field(*field)])
            }
            Amount::Revision { of: None } => self.lang.pick("修改次数", "revision").to_owned(),
            Amount::Revision { of: Some(tag) } => {
                self.say("所联{}的修改次数", "revision of the linked {}", &[self.field(*tag)])
            }
            Amount::Linked { field, amount } => {
                let inner = self.linked(*field).map_or_else(String::new, |words| words.amount(amount));
                self.say("所联{}的{}", "of the linked {}: {}", &[self.field(*field), inner])
            }
            Amount::Records { kind, condition, sum, .. } => {
                let Some(kind) = self.catalogue.kinds.get(kind) else { return String::new() };
                let other = Words { kind, fields: &kind.fields, ..*self };
                let condition = other.condition(condition);
                let of = self.lang.of(&kind.label).to_owned();
                let of = if condition.is_empty() {
                    of
                } else {
                    self.say("{}（{}）", "{} ({})", &[of, condition])
                };
                match sum {
                    Some(tag) => {
                        self.say("本单位{}的{}之和", "sum over {} here of {}", &[of, other.field(*tag)])
                    }
                    None => self.say("本单位{}的条数", "records of {} here", &[of]),
                }
            }
        }
    }
}

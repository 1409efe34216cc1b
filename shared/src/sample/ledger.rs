//! Rows like those of a real ledger of suggestions, as many as wanted and fast.

use super::county::{self, Township};
use super::proposals;
use super::random::Random;
use super::words;
use crate::record::Day;

/// One row; texts are about as long as in a ledger of 2017: titles of 20 to 25 characters, one main unit, two others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerRow {
    pub number: u32,
    pub title: String,
    pub township: &'static str,
    pub delegation: &'static str,
    pub cosigners: u8,
    /// Key of the subject.
    pub subject: &'static str,
    pub in_session: bool,
    pub raised: Day,
    pub assigned: Day,
    pub main_unit: &'static str,
    pub co_units: Vec<&'static str>,
    /// The day of the reply and its class, `A` to `D`; about half of all have one.
    pub reply: Option<(Day, char)>,
}

#[rustfmt::skip]
const DELEGATIONS: [&str; 8] = [
    "第一代表团", "第二代表团", "第三代表团", "第四代表团", "第五代表团", "第六代表团", "第七代表团", "第八代表团",
];
const LABELS: [&str; 6] = ["政治法律", "财政经济", "城建环保", "教科文卫", "农业农村", "其他"];

/// So many rows of one township (of all, in turn, if none is named), numbered from 1, raised in one year.
pub fn ledger(
    seed: u64,
    township: Option<&'static Township>,
    year: i16,
    count: usize,
) -> impl Iterator<Item = LedgerRow> {
    let mut random = Random::for_each(seed, "ledger", township.map_or(0, |t| u64::from(t.code)));
    let opening = Day::new(year, 4, 14).unwrap_or(Day(0));
    (0..count).map(move |index| {
        let township = township.unwrap_or(&county::TOWNSHIPS[index % county::TOWNSHIPS.len()]);
        let (title, subject, place) = proposals::title(&mut random, township);
        let raised = opening.plus(random.between(0, 5));
        let assigned = raised.plus(random.between(3, 40));
        let mut units: Vec<&'static str> = random
            .some(words::UNITS_OF[place], 4)
            .into_iter()
            .map(|&unit| words::COUNTY_UNITS[unit])
            .collect();
        let main_unit = units.swap_remove(random.below(units.len()));
        units.truncate(random.weighted(&[20, 25, 25, 30]));
        let reply = random.chance(53).then(|| {
            let class = ['A', 'B', 'C', 'D'][random.weighted(&[21, 96, 25, 9])];
            (assigned.plus(random.between(23, 72)), class)
        });
        LedgerRow {
            number: index as u32 + 1,
            title,
            township: township.name,
            delegation: random.pick::<&str>(&DELEGATIONS),
            cosigners: random.weighted(&[50, 10, 10, 30]) as u8,
            subject,
            in_session: !random.chance(1),
            raised,
            assigned,
            main_unit,
            co_units: units,
            reply,
        }
    })
}

/// The rows as an office would save them: CSV with the headings of 2017, without a byte order mark.
pub fn csv(rows: impl Iterator<Item = LedgerRow>) -> String {
    let mut text = "案号,案别,案由,提出乡镇,代表团,附议人数,性质类别,状态,是否公开,登记日期,审核,交办日期,主办单位,协办单位,主办答复日期,办理结果类别,当前环节\n".to_owned();
    for row in rows {
        let subject = words::SUBJECTS.iter().position(|(key, _)| *key == row.subject).unwrap_or(5);
        let session = if row.in_session { "大会期间" } else { "闭会期间" };
        let (replied, class, stage) = match row.reply {
            Some((day, class)) => (day.to_string(), class.to_string(), "反馈"),
            None => (String::new(), String::new(), "办理"),
        };
        text.push_str(&format!(
            "{},建议,{},{},{},{},{},{session},公开,{},立案,{},{},{},{replied},{class},{stage}\n",
            row.number,
            row.title,
            row.township,
            row.delegation,
            row.cosigners,
            LABELS[subject],
            row.raised,
            row.assigned,
            row.main_unit,
            row.co_units.join("；"),
        ));
    }
    text
}

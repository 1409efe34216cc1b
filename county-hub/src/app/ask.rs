//! What a sub-command can ask of the hub, and what comes back; the same whether the hub is running or not.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use shared::program::Failure;

use super::{
    App, acks, appraisal, archive, backup, district, district_check, drill, export, health, key, period,
    publicity, reader, record, reference, returns, status, tally, tally_book, township, upkeep, verify,
};

/// One thing that can be asked.
pub trait Ask: Into<Request> {
    type Answer: Serialize + DeserializeOwned;

    /// Does it.
    ///
    /// # Errors
    /// What the rules or the machine say no to, in words for people.
    fn answer(self, app: &App) -> Result<Self::Answer, Failure>;
}

macro_rules! requests {
    ($($name:ident($ask:ty),)*) => {
        /// Any of them, as it travels from a sub-command to the running hub.
        #[derive(Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Request {
            $($name($ask),)*
        }

        impl Request {
            /// # Errors
            /// As [`Ask::answer`].
            pub fn answer(self, app: &App) -> Result<serde_json::Value, Failure> {
                match self {
                    $(Self::$name(ask) => serde_json::to_value(ask.answer(app)?).map_err(Failure::internal),)*
                }
            }
        }

        $(impl From<$ask> for Request {
            fn from(ask: $ask) -> Self {
                Self::$name(ask)
            }
        })*
    };
}

requests! {
    TownshipAdd(township::Add),
    TownshipChange(township::Change),
    TownshipMerge(township::Merge),
    TownshipReenrol(township::Reenrol),
    TownshipRevoke(township::Revoke),
    TownshipList(township::List),
    TownshipShow(township::Show),
    DistrictAdd(district::Add),
    DistrictAssign(district::Assign),
    DistrictLiaison(district::Liaison),
    DistrictList(district::List),
    DistrictCheck(district_check::Check),
    ReaderAdd(reader::Add),
    ReaderRevoke(reader::Revoke),
    ReaderList(reader::List),
    KeyAdd(key::Add),
    KeyRevoke(key::Revoke),
    KeyList(key::List),
    RecordAct(record::Act),
    RecordShow(record::Show),
    RecordList(record::List),
    RecordPrint(record::Print),
    RecordForms(record::Forms),
    Export(export::Wanted),
    Template(export::Form),
    ReferencePublish(reference::Publish),
    ReferenceList(reference::List),
    Tally(tally::Question),
    TallyBook(tally_book::Wanted),
    Returns(returns::Ask),
    ReturnsCheck(returns::check::Check),
    ReturnsLate(returns::late::Late),
    AppraisalTable(appraisal::Ask),
    AppraisalSuggest(appraisal::suggest::Suggest),
    AppraisalMark(appraisal::mark::Mark),
    PublicitySuggest(publicity::suggest::Suggest),
    PublicityBulletin(publicity::bulletin::Bulletin),
    Drill(drill::Question),
    PeriodClose(period::Close),
    PeriodList(period::List),
    PeriodShow(period::Show),
    PeriodCheck(period::Check),
    Status(status::Ask),
    Nights(health::Nights),
    Acks(acks::Wanted),
    Daily(upkeep::Daily),
    Verify(verify::Verify),
    Backup(backup::Backup),
    ArchiveCompare(archive::Compare),
}

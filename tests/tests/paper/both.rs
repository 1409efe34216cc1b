//! The town in its district, and its county, with nights between them.

use shared::ids::RecordId;

use crate::bed::{Desk, Office, link, night};

pub struct Both {
    pub town: Office,
    pub county: Office,
}

impl Both {
    #[track_caller]
    pub fn on(day: &str) -> Self {
        let both = Self { town: Office::town(day), county: Office::county(day) };
        let admin = both.county.role("C_ADMIN");
        let district =
            admin.enter("district", "set_up", &["name=第一片", "order=1", "active_from=2020-01-01"]);
        let member = ["township=坎墩镇", "name=坎墩镇", "from=2020-01-01", &link("district", district)];
        admin.enter("district_membership", "join", &member);
        both
    }

    pub fn office(&self) -> Desk<'_> {
        self.county.role("C_OFFICE")
    }

    pub fn director(&self) -> Desk<'_> {
        self.county.role("C_DIRECTOR")
    }

    /// What the county wrote goes down.
    pub fn down(&self) {
        night(&self.county, &self.town);
    }

    /// It becomes this day, and what was written goes over both ways.
    pub fn night(&self, day: &str) {
        self.town.go_to(day);
        self.county.go_to(day);
        night(&self.town, &self.county);
        night(&self.county, &self.town);
        night(&self.town, &self.county);
    }

    /// Two more nights write nothing: nothing goes on going to and fro.
    #[track_caller]
    pub fn is_quiet_from(&self, day: &str) {
        let entries = |office: &Office| office.store.streams().iter().map(|(_, head)| head.len).sum::<u64>();
        self.night(day);
        let before = (entries(&self.town), entries(&self.county));
        self.night(day);
        self.night(day);
        assert_eq!((entries(&self.town), entries(&self.county)), before);
    }
}

#[track_caller]
pub fn only(ids: &[RecordId]) -> RecordId {
    assert_eq!(ids.len(), 1, "{ids:?}");
    ids[0]
}

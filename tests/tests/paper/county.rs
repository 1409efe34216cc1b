//! A county and two of its townships in one district: what the county sends, and what comes back, night by night.

use shared::exchange::Townships;
use shared::ids::{RecordId, Site, StreamName, TownshipCode};
use shared::store::StoreError;

use crate::bed::{Desk, Office, link, night, town};

/// Three offices with one clock.
pub struct County {
    pub hub: Office,
    /// 坎墩镇, of which most stories tell.
    pub town: Office,
    /// 周巷镇.
    pub other: Office,
    pub district: RecordId,
}

pub fn second() -> TownshipCode {
    "330282003".parse().expect("nine digits")
}

impl County {
    /// All of them at ten in the morning of a day; both townships belong to the first district.
    #[track_caller]
    pub fn on(day: &str) -> Self {
        let names = || Townships::new([(town(), "坎墩镇".to_owned()), (second(), "周巷镇".to_owned())]);
        let hub = Office::county(day).among(names());
        let ours = Office::town(day).among(names());
        let node = shared::catalogue::model::NodeKind::Town;
        let other = Office::at(Site::Township(second()), Some(node), day).among(names());
        let admin = hub.role("C_ADMIN");
        let district =
            admin.enter("district", "set_up", &["name=第一片", "order=1", "active_from=2015-01-01"]);
        for name in ["坎墩镇", "周巷镇"] {
            let set = [
                &format!("township={name}"),
                &format!("name={name}"),
                &link("district", district),
                "from=2015-01-01",
            ];
            admin.enter("district_membership", "join", &set.map(|text| text as &str));
        }
        Self { hub, town: ours, other, district }
    }

    pub fn go_to(&self, day: &str) {
        for office in [&self.hub, &self.town, &self.other] {
            office.go_to(day);
        }
    }

    pub fn office(&self) -> Desk<'_> {
        self.hub.role("C_OFFICE")
    }
    pub fn director(&self) -> Desk<'_> {
        self.hub.role("C_DIRECTOR")
    }
    pub fn deputies(&self) -> Desk<'_> {
        self.hub.role("C_DEPUTY")
    }

    /// One exchange of one township: both ways, and what follows on both sides.
    #[track_caller]
    pub fn exchange(&self, township: &Office) {
        night(township, &self.hub);
        night(&self.hub, township);
    }

    /// A night in which both townships exchange, and the next one: what the one answers of itself has come back then.
    #[track_caller]
    pub fn nights(&self) {
        for township in [&self.town, &self.other, &self.town, &self.other] {
            self.exchange(township);
        }
    }

    /// Everything that went over comes a second time, as after acknowledgements that were lost: it is refused as known,
    /// and nothing follows from it.
    #[track_caller]
    pub fn again(&self, township: &Office) {
        let lens = || [&self.hub, township].map(|office| office.store.streams());
        let before = lens();
        for (from, to) in [(township, &self.hub), (&self.hub, township)] {
            for (stream, head) in from.store.streams() {
                let known = to.store.head(stream).len;
                if !stream.travels() || stream.writer() != from.site || known == 0 {
                    continue;
                }
                if matches!(stream, StreamName::Down(code) if to.site != Site::Township(code)) {
                    continue;
                }
                let frames = from.store.run(stream, 1..=head.len.min(known), 1 << 20, 1 << 20);
                if let Some(frame) = frames.expect("a journal") {
                    let again = to.store.write(|tx| tx.append_frame(&frame));
                    assert!(matches!(again, Err(StoreError::NotNext { .. })), "{stream}: {again:?}");
                }
            }
        }
        self.hub.react();
        township.react();
        assert_eq!(lens(), before, "nothing follows from what was known");
    }

    /// The record that a township's program made for one of the county's.
    #[track_caller]
    pub fn answer(&self, township: &Office, theirs: RecordId, kind: &str) -> RecordId {
        let made = township.made(theirs, kind);
        assert_eq!(made.len(), 1, "{kind} at {}", township.site);
        made[0]
    }
}

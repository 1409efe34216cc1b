//! An office on a store in memory, with a clock that is set: it acts in the words of the catalogue.

use std::sync::Arc;

use shared::calendar::{Calendar, Legal};
use shared::catalogue::model::{Catalogue, NodeKind};
use shared::command::Place;
use shared::exchange::Townships;
use shared::ids::{RecordId, Site, TownshipCode};
use shared::ledger::{Act, Acted, Ledger, List, Listing, Reacted, Shown, ShownDeadline};
use shared::program::{Clock as _, Failure, ManualClock, day_start_ms};
use shared::record::{Day, Role};
use shared::store::{Store, StoreError};
use shared::tally::{Level, Line, Membership, Missing, Question, Whom, query};
use shared::view::{Folder, held, read};
use xianglian_tests::desk::{self, Program, words};
pub use xianglian_tests::desk::{link, links};

/// Somebody at the keyboard of an office.
pub type Desk<'a> = desk::Desk<'a, Office>;

/// Entries that one frame on its way takes, in bytes.
const FRAME_BYTES: usize = 1 << 20;

pub struct Office {
    pub store: Store,
    pub catalogue: Arc<Catalogue>,
    pub site: Site,
    clock: ManualClock,
    calendar: Arc<Calendar>,
    node: Option<NodeKind>,
    profile: &'static str,
    abbr: String,
    townships: Townships,
}

/// The code of the office that most stories tell of.
pub fn town() -> TownshipCode {
    "330282002".parse().expect("nine digits")
}

impl Office {
    /// A town under the national profile, at ten in the morning of a day.
    pub fn town(day: &str) -> Self {
        Self::at(Site::Township(town()), Some(NodeKind::Town), day)
    }

    /// The county of that town.
    pub fn county(day: &str) -> Self {
        Self::at(Site::Hub, None, day)
    }

    pub fn at(site: Site, node: Option<NodeKind>, day: &str) -> Self {
        let catalogue = Catalogue::builtin();
        let office = Self {
            store: Store::memory(Arc::new(Folder::new(Arc::clone(&catalogue)))),
            catalogue,
            site,
            clock: ManualClock::new(0, u64::from(site.to_string().parse::<u32>().unwrap_or(1))),
            calendar: Calendar::builtin(),
            node,
            profile: "national",
            abbr: "坎墩".to_owned(),
            townships: Townships::new([(town(), "坎墩镇".to_owned())]),
        };
        office.go_to(day);
        office
    }

    /// The same office under the law of a province.
    pub fn under(self, profile: &'static str) -> Self {
        Self { profile, ..self }
    }

    /// The same office, with the townships that ledgers may name.
    pub fn among(self, townships: Townships) -> Self {
        Self { townships, ..self }
    }

    /// Ten in the morning of a day.
    pub fn go_to(&self, day: &str) {
        let day: Day = day.parse().expect("a day");
        self.clock.set(day_start_ms(day) + 10 * 3_600_000);
    }

    pub fn with<T>(&self, work: impl FnOnce(&Ledger<'_>) -> T) -> T {
        let profile = Arc::new(self.catalogue.profiles[self.profile].clone());
        let legal = Legal::new(Arc::clone(&self.calendar), profile);
        work(&Ledger {
            store: &self.store,
            catalogue: &self.catalogue,
            deadlines: &legal,
            clock: &self.clock,
            place: Place { site: self.site, node: self.node, abbr: &self.abbr },
            townships: &self.townships,
            staff: &|role| format!("u{}", role.number()),
        })
    }

    pub fn clerk(&self) -> Desk<'_> {
        self.role("T_CLERK")
    }
    pub fn chair(&self) -> Desk<'_> {
        self.role("T_CHAIR")
    }
    pub fn unit(&self) -> Desk<'_> {
        self.role("T_UNIT")
    }
    pub fn deputy(&self) -> Desk<'_> {
        self.role("T_DEPUTY")
    }
    pub fn presidium(&self) -> Desk<'_> {
        self.role("T_PRESIDIUM")
    }
    #[track_caller]
    pub fn role(&self, role: &str) -> Desk<'_> {
        Desk::new(self, Role::from_code(role).expect("a role"))
    }

    #[track_caller]
    pub fn shown(&self, id: RecordId) -> Shown {
        self.clerk().shown(id)
    }

    #[track_caller]
    pub fn status(&self, id: RecordId) -> String {
        self.shown(id).status
    }

    /// A value as programs get it, texts without quotation marks; empty where the field is.
    #[track_caller]
    pub fn value(&self, id: RecordId, field: &str) -> String {
        self.clerk().value(id, field)
    }

    #[track_caller]
    pub fn deadline(&self, id: RecordId, code: &str) -> ShownDeadline {
        let shown = self.shown(id);
        let codes: Vec<_> = shown.deadlines.iter().map(|deadline| deadline.code.clone()).collect();
        let found = shown.deadlines.into_iter().find(|deadline| deadline.code == code);
        found.unwrap_or_else(|| panic!("{code} is not set; there are {codes:?}"))
    }

    #[track_caller]
    pub fn due(&self, id: RecordId, code: &str) -> String {
        self.deadline(id, code).due
    }

    /// Whether a deadline was ever set.
    #[track_caller]
    pub fn has(&self, id: RecordId, code: &str) -> bool {
        self.shown(id).deadlines.iter().any(|deadline| deadline.code == code)
    }

    /// Records of a kind that link to a record, the oldest first.
    pub fn made(&self, id: RecordId, kind: &str) -> Vec<RecordId> {
        let tag = self.catalogue.kind(kind).expect("a kind").tag;
        let mut found: Vec<_> = self.store.read(|views| read::linking(views, id, usize::MAX));
        found.retain(|(_, kind, _)| *kind == tag);
        let mut ids: Vec<_> = found.into_iter().map(|(id, ..)| id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// So many deputies in office of this town, elected and confirmed two days ago.
    #[track_caller]
    pub fn deputies(&self, count: usize) -> Vec<RecordId> {
        let day = self.clock.today().plus(-2);
        let one = |nth: usize| {
            let clerk = self.clerk();
            let id = clerk.enter(
                "deputy",
                "register",
                &[
                    &format!("name=代表{nth:02}"),
                    "level=TOWNSHIP",
                    "gender=FEMALE",
                    "ethnicity=HAN",
                    "party=NONE",
                    "birth_year=1980",
                    "education=COLLEGE",
                    "occupation_class=FARMER",
                    "electoral_district=第一选区",
                    &format!("elected_on={day}"),
                    "term_no=19",
                ],
            );
            clerk.act(id, "confirm", &[&format!("cert_no=坎{nth:03}"), &format!("confirmed_on={day}")]);
            id
        };
        (1..=count).map(one).collect()
    }

    /// The lines of a figure: this township's, or the county's where this is the county.
    #[track_caller]
    pub fn lines(&self, figure: &str, period: &str) -> Vec<Line> {
        let (level, whom, offices) = match self.site {
            Site::Township(code) => (Level::Township, Whom::Township(code), [(code, self.node)].into()),
            Site::Hub => (Level::County, Whom::County, Default::default()),
        };
        let question = Question {
            ids: vec![figure.to_owned()],
            level,
            days: shared::tally::Span::Same(period.parse().expect("a period")),
            as_of: self.clock.today(),
            offices,
        };
        let lines = self.store.read(|views| query(views, &self.catalogue, &Membership::default(), &question));
        lines.into_iter().filter(|line| line.whom == whom).collect()
    }

    #[track_caller]
    pub fn line(&self, figure: &str, period: &str) -> Line {
        let total = self.lines(figure, period).into_iter().find(|line| line.split.is_none());
        total.unwrap_or_else(|| panic!("there is no figure {figure}"))
    }

    /// As it is printed.
    #[track_caller]
    pub fn figure(&self, figure: &str, period: &str) -> String {
        let line = self.line(figure, period);
        line.word.map_or_else(|| line.figure.to_string(), |word| word.zh)
    }

    /// Of a figure that is split, one part by its key.
    #[track_caller]
    pub fn part(&self, figure: &str, period: &str, key: &str) -> String {
        let parts = self.lines(figure, period).into_iter();
        let mut parts = parts.filter(|line| line.part.as_ref().is_some_and(|part| part.key == key));
        parts.next().map_or_else(|| "0".to_owned(), |line| line.figure.to_string())
    }

    /// Whom a coverage misses, by title or label.
    #[track_caller]
    pub fn missing(&self, figure: &str, period: &str) -> Vec<String> {
        let missing = self.line(figure, period).missing.into_iter();
        let name = |missing| match missing {
            Missing::Record(id) => self.value(id, "name"),
            Missing::Choice(_, part) => part.label.zh,
            Missing::Township(code) => code.to_string(),
        };
        let mut names: Vec<String> = missing.map(name).collect();
        names.sort();
        names
    }

    /// Figures of a period against what was worked out by hand; all that differ are told at once.
    #[track_caller]
    pub fn figures(&self, period: &str, table: &[(&str, &str)]) {
        let found: Vec<String> =
            table.iter().map(|(id, _)| format!("{id} {}", self.figure(id, period))).collect();
        let wanted: Vec<String> = table.iter().map(|(id, text)| format!("{id} {text}")).collect();
        assert_eq!(found, wanted, "figures of {period}");
    }

    /// Does what follows from what the other side wrote, as the program does after every night.
    #[track_caller]
    pub fn react(&self) -> Reacted {
        self.with(|ledger| ledger.react()).unwrap_or_else(|why| panic!("{}", words(&why)))
    }

    /// Changes that the fold could not apply.
    pub fn held(&self) -> u32 {
        self.store.read(|views| held::count(views, None))
    }
}

impl Program for Office {
    fn take(&self, act: Act) -> Result<Acted, Failure> {
        self.with(|ledger| ledger.act(&act))
    }

    fn look(&self, id: RecordId) -> Result<Shown, Failure> {
        self.with(|ledger| ledger.show(&id.to_string(), Role::TClerk))
    }

    fn listing(&self, list: &List) -> Result<Listing, Failure> {
        self.with(|ledger| ledger.list(list))
    }
}

/// A night: what the one writes and the other may see goes over; then both programs do what follows from it.
pub fn night(from: &Office, to: &Office) {
    for (stream, head) in from.store.streams() {
        let theirs = match to.site {
            Site::Hub => true,
            Site::Township(code) => {
                matches!(stream, shared::ids::StreamName::Down(c) if c == code)
                    || stream == shared::ids::StreamName::DownAll
            }
        };
        if !stream.travels() || stream.writer() != from.site || !theirs {
            continue;
        }
        loop {
            let next = to.store.head(stream).len + 1;
            let run = from.store.run(stream, next..=head.len, FRAME_BYTES, FRAME_BYTES).expect("a journal");
            let Some(frame) = run else { break };
            let went = to.store.write(|tx| tx.append_frame(&frame).map_err(|error: StoreError| error));
            went.expect("the frame follows");
        }
    }
    assert_eq!(to.held(), 0, "entries that could not be applied");
    to.react();
    from.react();
}

//! What an action brings about in other records: records made, kept in step, or moved on, all in the same commit.

use std::collections::BTreeSet;

use super::address;
use super::compute::Source;
use super::context::{Context, Surroundings};
use super::decide::Work;
use super::draft::Draft;
use super::refusal::{Code, Problem, Refusal};
use super::{Act, Command};
use crate::catalogue::model::{
    Action, Create, Drive, DriveOn, Each, Effect, Field, Give, Guard, Kind, Shape,
};
use crate::ids::{RecordId, TownshipCode};
use crate::limits;
use crate::record::{Actor, EntryFlags, Fields, Record, Role, Value};
use crate::view::condition::Subject;

/// Reason written where the program takes a record back because the list that it was made from no longer has it.
const TAKEN_BACK: &str = "来源记录已更改";

/// The id of a record that another one makes: the same for the same maker, kind and key, so that doing it again finds it.
/// Its time is the maker's; `turn` grows where an earlier one was voided.
fn made_id(maker: RecordId, kind: u32, key: &Value, turn: u8) -> RecordId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"xianglian made 1\n");
    hasher.update(maker.as_bytes());
    hasher.update(&kind.to_be_bytes());
    hasher.update(&[turn]);
    hasher.update(&crate::record::encode_fields(&[(1, key.clone())].into()));
    let mut random = [0; 10];
    hasher.finalize_xof().fill(&mut random);
    let [a, b, c, d, e, f, ..] = *maker.as_bytes();
    RecordId::mint(i64::from_be_bytes([0, 0, a, b, c, d, e, f]), &random)
}

/// One record to be made.
struct Wanted {
    id: RecordId,
    set: Fields,
}

/// Ids of records that the action will make into link fields of the maker.
pub(super) fn link_ahead(ctx: &Context<'_>, draft: &mut Draft<'_>, create: &Create) {
    let Some(link) = create.link else { return };
    let id = standing(ctx, draft.this, create.kind, &Value::Flag(true));
    draft.fields.insert(link, Value::Link(id));
}

/// By what a row is known: whom it links to, else the township that it names.
fn row_key(kind: &Kind, list: u32, row: &Fields) -> Option<Value> {
    let link = row.values().find(|value| matches!(value, Value::Link(_)));
    let Some(Shape::Rows(columns)) = kind.fields.get(&list).map(|field| &field.shape) else {
        return link.cloned();
    };
    let township = |column: &Field| matches!(column.shape, Shape::Township);
    let named = || columns.values().filter(|column| township(column)).find_map(|column| row.get(&column.tag));
    link.or_else(named).cloned()
}

/// The id for a key: that of the record that stands, else the first that is free.
fn standing(ctx: &Context<'_>, maker: RecordId, kind: u32, key: &Value) -> RecordId {
    let void = |id: &RecordId| ctx.lookup.record(*id).is_some_and(|r| r.flags.has(EntryFlags::VOIDED));
    (0..=u8::MAX)
        .map(|turn| made_id(maker, kind, key, turn))
        .find(|id| !void(id))
        .unwrap_or_else(|| made_id(maker, kind, key, u8::MAX))
}

impl Work<'_> {
    /// Does what the effects of a taken action bring about in other records.
    pub(super) fn follow(&self, draft: &Draft<'_>, action: &Action, depth: usize) -> Result<(), Refusal> {
        let mut kept: Vec<(u32, BTreeSet<RecordId>)> = Vec::new();
        let beyond = draft.beyond.iter().filter_map(|nth| action.effects.get(*nth));
        for effect in beyond {
            match effect {
                Effect::Create(create) => {
                    let made = self.create(draft, create, depth)?;
                    if create.each.is_some() {
                        match kept.iter_mut().find(|(kind, _)| *kind == create.kind) {
                            Some((_, ids)) => ids.extend(made),
                            None => kept.push((create.kind, made)),
                        }
                    } else if let Some((_, ids)) = kept.iter_mut().find(|(kind, _)| *kind == create.kind) {
                        ids.extend(made);
                    } else if create.follows {
                        kept.push((create.kind, made));
                    }
                }
                Effect::Drive(drive) => self.drive(draft, drive, depth)?,
                _ => {}
            }
        }
        for (kind, ids) in kept {
            self.take_back(draft.this, draft.kind, kind, &ids, depth)?;
        }
        Ok(())
    }

    /// Records that follow a record which is voided are voided with it.
    pub(super) fn void_followers(&self, kind: &Kind, this: RecordId, depth: usize) -> Result<(), Refusal> {
        let effects = kind.actions.values().flat_map(|action| &action.effects);
        let followed: BTreeSet<u32> = effects
            .filter_map(|effect| match effect {
                Effect::Create(create) if create.follows => Some(create.kind),
                _ => None,
            })
            .collect();
        for other in followed {
            self.take_back(this, kind, other, &BTreeSet::new(), depth)?;
        }
        Ok(())
    }

    fn create(
        &self,
        draft: &Draft<'_>,
        create: &Create,
        depth: usize,
    ) -> Result<BTreeSet<RecordId>, Refusal> {
        let ctx = &self.ctx;
        let mut made = BTreeSet::new();
        let Some(kind) = ctx.catalogue.kinds.get(&create.kind) else { return Ok(made) };
        for wanted in self.wanted(draft, create, kind)? {
            let standing = ctx.lookup.record(wanted.id);
            let command = match &standing {
                None => Command::new(kind.tag, None, Act::Take(create.action), wanted.set),
                Some(record) => {
                    // What somebody has voided by hand stays void.
                    if record.flags.has(EntryFlags::VOIDED) {
                        continue;
                    }
                    let mut local = ctx.lookup.local(record.id);
                    local.extend(record.fields.clone());
                    let set: Fields =
                        wanted.set.into_iter().filter(|(tag, value)| local.get(tag) != Some(value)).collect();
                    if set.is_empty() {
                        made.insert(wanted.id);
                        continue;
                    }
                    Command::new(kind.tag, Some(record.id), Act::Align, set)
                }
            };
            self.nested(&command, wanted.id, depth)
                .map_err(|refusal| within(kind, standing.as_ref(), refusal))?;
            made.insert(wanted.id);
        }
        Ok(made)
    }

    fn wanted(&self, draft: &Draft<'_>, create: &Create, kind: &Kind) -> Result<Vec<Wanted>, Refusal> {
        let (ctx, this) = (&self.ctx, draft.this);
        let plain = Source { ctx, draft, row: None, item: None };
        let fields = |tag: u32| kind.fields.get(&tag);
        let Some(each) = &create.each else {
            let id = match create.link.and_then(|link| draft.fields.get(&link)) {
                Some(Value::Link(id)) => *id,
                _ => standing(ctx, this, create.kind, &Value::Flag(true)),
            };
            return Ok(vec![Wanted { id, set: plain.all(&create.set, fields) }]);
        };
        let values: Vec<Value> = match each {
            Each::Listed { field, .. } => match draft.fields.get(field) {
                Some(Value::List(values)) => values.clone(),
                _ => Vec::new(),
            },
            Each::Addressees => {
                let townships = self.addressees(draft, create);
                townships.into_iter().map(|code| Value::Number(i64::from(code.number()))).collect()
            }
        };
        if values.len() > limits::FOLLOWERS_MAX {
            let most = limits::FOLLOWERS_MAX;
            let (zh, en) = (format!("一次最多{most}项"), format!("at most {most} at once"));
            return Err(Problem::new(Code::TooLarge, zh, en).into());
        }
        let mut wanted = Vec::new();
        for (nth, value) in values.iter().enumerate() {
            let (source, key) = match (each, value) {
                (Each::Listed { field, condition }, Value::Group(row))
                    if Subject::row(row, None).holds(condition) =>
                {
                    let key = row_key(draft.kind, *field, row).unwrap_or(Value::Number(nth as i64));
                    (Source { row: Some((*field, row)), ..plain }, key)
                }
                (Each::Listed { .. }, Value::Link(_)) | (Each::Addressees, _) => {
                    (Source { item: Some(value), ..plain }, value.clone())
                }
                _ => continue,
            };
            let id = standing(ctx, this, create.kind, &key);
            if wanted.iter().any(|wanted: &Wanted| wanted.id == id) {
                continue;
            }
            wanted.push(Wanted { id, set: source.all(&create.set, fields) });
        }
        Ok(wanted)
    }

    /// For which townships a record is made: those to which this one goes today. Once it is published, what was made for a
    /// township stays and is brought into step: a township that has changed its district since keeps this record, and with
    /// it what it is asked for. Before that nobody has anything, and the list is followed as it is.
    fn addressees(&self, draft: &Draft<'_>, create: &Create) -> BTreeSet<TownshipCode> {
        let ctx = &self.ctx;
        let mut townships = address::townships(ctx, draft);
        if !draft.before.is_some_and(|record| record.stream.travels()) {
            return townships;
        }
        let given = |wanted: &Give| {
            let tag = create.set.iter().find(|(_, give)| give == wanted);
            tag.map(|(tag, _)| *tag)
        };
        let (Some(back), Some(item)) = (given(&Give::This), given(&Give::Item)) else { return townships };
        for id in ctx.lookup.linking(draft.this, create.kind, back) {
            let Some(record) = ctx.lookup.record(id).filter(|r| !r.flags.has(EntryFlags::VOIDED)) else {
                continue;
            };
            // What somebody has written by hand is nobody's follower.
            let code = record.fields.get(&item).and_then(Value::township);
            let ours = |code: &TownshipCode| {
                let key = Value::Number(i64::from(code.number()));
                standing(ctx, draft.this, create.kind, &key) == id
            };
            townships.extend(code.filter(ours));
        }
        townships
    }

    /// Voids the records of a kind that this one made and no longer wants.
    fn take_back(
        &self,
        this: RecordId,
        maker: &Kind,
        kind: u32,
        kept: &BTreeSet<RecordId>,
        depth: usize,
    ) -> Result<(), Refusal> {
        let ctx = &self.ctx;
        let Some(kind) = ctx.catalogue.kinds.get(&kind) else { return Ok(()) };
        let back: BTreeSet<u32> = maker
            .actions
            .values()
            .flat_map(|action| &action.effects)
            .filter_map(|effect| match effect {
                Effect::Create(create) if create.kind == kind.tag && create.follows => Some(create),
                _ => None,
            })
            .flat_map(|create| &create.set)
            .filter(|(_, give)| *give == Give::This)
            .map(|(tag, _)| *tag)
            .collect();
        for field in back {
            for id in ctx.lookup.linking(this, kind.tag, field) {
                let Some(record) = ctx.lookup.record(id) else { continue };
                let ours = record.steps.first().is_some_and(|step| step.role == Role::System);
                if !ours || kept.contains(&id) || record.flags.has(EntryFlags::VOIDED) {
                    continue;
                }
                let command = Command {
                    reason: TAKEN_BACK.to_owned(),
                    ..Command::new(kind.tag, Some(id), Act::Void, Fields::new())
                };
                self.nested(&command, id, depth).map_err(|refusal| within(kind, Some(&record), refusal))?;
            }
        }
        Ok(())
    }

    fn drive(&self, draft: &Draft<'_>, drive: &Drive, depth: usize) -> Result<(), Refusal> {
        let (ctx, this) = (&self.ctx, draft.this);
        let Some(kind) = ctx.catalogue.kinds.get(&drive.kind) else { return Ok(()) };
        let Some(action) = kind.actions.get(&drive.action) else { return Ok(()) };
        let ids = match drive.on {
            DriveOn::All => ctx.lookup.all(ctx.place.site, kind.tag),
            DriveOn::Linking(field) => ctx.lookup.linking(this, kind.tag, field),
            DriveOn::Linked(field) => match draft.fields.get(&field) {
                Some(Value::Link(id)) => vec![*id],
                Some(Value::List(list)) => list
                    .iter()
                    .filter_map(|v| if let Value::Link(id) = v { Some(*id) } else { None })
                    .collect(),
                _ => Vec::new(),
            },
        };
        let fits = |record: &Record| {
            let local = ctx.lookup.local(record.id);
            record.id != this
                && action.from.contains(&record.status)
                && !record.flags.has(EntryFlags::VOIDED)
                && record.stream.writer() == ctx.place.site
                && Subject::of(record, Some(&local)).holds(&drive.condition)
        };
        let source = Source { ctx, draft, row: None, item: None };
        let set = source.all(&drive.set, |tag| kind.fields.get(&tag));
        let offered = |record: &Record| offered(ctx, action, record, &set);
        let records = ids.into_iter().filter_map(|id| ctx.lookup.record(id)).filter(fits).filter(offered);
        for record in records {
            let act = if action.id == "edit" { Act::Edit } else { Act::Take(action.tag) };
            let command = Command::new(kind.tag, Some(record.id), act, set.clone());
            self.nested(&command, record.id, depth)
                .map_err(|refusal| within(kind, Some(&record), refusal))?;
        }
        Ok(())
    }

    fn nested(&self, command: &Command, id: RecordId, depth: usize) -> Result<(), Refusal> {
        if depth >= limits::FOLLOW_DEPTH_MAX {
            let (zh, en) = ("连带办理层数过多", "one action brings about too many others in turn");
            return Err(Problem::new(Code::TooLarge, zh, en).into());
        }
        self.with_fresh(id).run(command, &Actor::program(), depth + 1).map(|_| ())
    }
}

/// Whether what the record will say is something that the action is for: where it is not, nobody is to blame.
pub(super) fn offered(ctx: &Context<'_>, action: &Action, record: &Record, set: &Fields) -> bool {
    let mut fields = ctx.lookup.local(record.id);
    fields.extend(record.fields.clone());
    fields.extend(set.clone());
    let around = Surroundings { ctx, this: record.id };
    let subject = Subject { fields: &fields, around: Some(&around), ..Subject::of(record, None) };
    action.guards.iter().all(|guard| match guard {
        Guard::When(condition) => subject.holds(condition),
        _ => true,
    })
}

/// A refusal of another record, saying which it is.
pub(super) fn within(kind: &Kind, record: Option<&Record>, refusal: Refusal) -> Refusal {
    let title = match record.and_then(|record| record.fields.get(&kind.title)) {
        Some(Value::Text(title)) => format!("“{title}”"),
        _ => String::new(),
    };
    let problems = refusal.problems.into_iter().map(|problem| Problem {
        field: None,
        zh: format!("{}{title}：{}", kind.label.zh, problem.zh),
        en: format!("{}{title}: {}", kind.label.en, problem.en),
        ..problem
    });
    Refusal { problems: problems.collect() }
}

//! Reactions that the rules refused, in words.

use serde::{Deserialize, Serialize};

use super::super::{Ledger, short};
use crate::ids::RecordId;
use crate::program::{Lang, Text, beijing_minute, rfc3339, text};
use crate::view::reacted::{self, Refused};

/// A reaction that was refused and has not gone through since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedReaction {
    /// RFC 3339.
    pub at: String,
    pub at_ms: i64,
    /// Our kind, and the action that was to be taken.
    pub kind: String,
    pub kind_label: Text,
    pub action: String,
    pub action_label: Text,
    /// The record of the other side that asks for it.
    pub arrived: RecordId,
    /// Our record; for one that was to be made, the id that it would have got.
    pub ours: RecordId,
    /// What was wrong, as the command gate names it.
    pub codes: Vec<String>,
}

/// Those of them that are shown, the newest first, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedReactions {
    pub count: usize,
    pub shown: Vec<RefusedReaction>,
}

/// Refusals that are shown; the rest is counted.
const SHOWN_MAX: usize = 20;

impl Ledger<'_> {
    /// Reactions that the rules refused and that have not gone through since. At most
    /// [`crate::limits::REACT_REFUSED_KEPT`] are kept.
    pub fn refused_reactions(&self) -> RefusedReactions {
        let mut found = self.store.read(reacted::refused);
        found.sort_by_key(|refused| std::cmp::Reverse(refused.at));
        let shown = found.iter().take(SHOWN_MAX).map(|refused| self.refused_reaction(refused)).collect();
        RefusedReactions { count: found.len(), shown }
    }

    fn refused_reaction(&self, refused: &Refused) -> RefusedReaction {
        let Refused { arrived, kind, action, ours, ref codes, at } = *refused;
        let known = self.catalogue.kinds.get(&kind);
        let step = known.and_then(|kind| kind.actions.get(&action));
        let number = |n: u32| text(n.to_string(), n.to_string());
        RefusedReaction {
            at: rfc3339(at),
            at_ms: at,
            kind: known.map_or_else(|| kind.to_string(), |kind| kind.id.clone()),
            kind_label: known.map_or_else(|| number(kind), |kind| Text::from(&kind.label)),
            action: step.map_or_else(|| action.to_string(), |action| action.id.clone()),
            action_label: step.map_or_else(|| number(action), |action| Text::from(&action.label)),
            arrived,
            ours,
            codes: codes.clone(),
        }
    }
}

impl RefusedReactions {
    /// Lines for a terminal; nothing where nothing was refused.
    pub fn text(&self, lang: Lang) -> String {
        if self.count == 0 {
            return String::new();
        }
        let mut out = match lang {
            Lang::Zh => format!("来件后按规则未能自动办理的：{} 项\n", self.count),
            Lang::En => format!("{} reactions to what arrived were refused by the rules\n", self.count),
        };
        for line in &self.shown {
            let (kind, action) = (line.kind_label.get(lang), line.action_label.get(lang));
            let (at, codes) = (beijing_minute(line.at_ms), line.codes.join(", "));
            let (arrived, from) = (short(line.arrived), lang.pick("来件", "for"));
            out.push_str(&format!("  {at}  {kind} {action}  {from} {arrived}  {codes}\n"));
        }
        if self.count > self.shown.len() {
            out.push_str("  …\n");
        }
        out
    }
}

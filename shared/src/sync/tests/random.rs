//! Random histories of one node and one hub.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{copy, digests, pair, until_quiet};
use crate::ids::StreamName;
use crate::stream::Digest;
use crate::sync::note::Progress;

#[derive(Debug, Clone)]
enum Step {
    NodeWrites(usize),
    HubWrites(bool, usize),
    Session,
    Cut(usize),
    BackupNode,
    RestoreNode,
    BackupHub,
    RestoreHub,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1usize..4).prop_map(Step::NodeWrites),
        3 => (any::<bool>(), 1usize..4).prop_map(|(all, count)| Step::HubWrites(all, count)),
        4 => Just(Step::Session),
        4 => (0usize..16).prop_map(Step::Cut),
        1 => Just(Step::BackupNode),
        1 => Just(Step::RestoreNode),
        1 => Just(Step::BackupHub),
        1 => Just(Step::RestoreHub),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever happened, what is on one of the two disks at the end is on both after a few sessions, once.
    #[test]
    fn what_is_on_either_side_is_on_both_in_the_end(steps in prop::collection::vec(step(), 1..40)) {
        let mut pair = pair();
        let (mut node_backup, mut hub_backup) = (copy(&pair.node), copy(&pair.hub));
        for step in steps {
            match step {
                Step::NodeWrites(count) => { pair.node_writes(count).expect("stores work"); }
                Step::HubWrites(all, count) => {
                    let stream = if all { StreamName::DownAll } else { pair.down() };
                    pair.hub_writes(stream, count).expect("stores work");
                }
                Step::Session => { pair.session().expect("stores work"); }
                Step::Cut(at) => { pair.session_cut(at).expect("stores work"); }
                Step::BackupNode => node_backup = copy(&pair.node),
                Step::RestoreNode => pair.node = copy(&node_backup),
                Step::BackupHub => hub_backup = copy(&pair.hub),
                Step::RestoreHub => pair.hub = copy(&hub_backup),
            }
            let progress = Progress::of(&pair.node, pair.node_setup.township).expect("readable");
            prop_assert!(progress.acked <= progress.len);
        }
        let streams = [pair.own(), pair.down(), StreamName::DownAll];
        let all = streams.map(|stream| -> BTreeSet<Digest> {
            digests(&pair.node, stream).into_iter().chain(digests(&pair.hub, stream)).collect()
        });
        until_quiet(&mut pair);
        for (stream, all) in streams.into_iter().zip(all) {
            let end = digests(&pair.hub, stream);
            prop_assert_eq!(&end, &digests(&pair.node, stream));
            let set: BTreeSet<Digest> = end.iter().copied().collect();
            prop_assert_eq!(set.len(), end.len());
            prop_assert_eq!(set, all);
        }
        prop_assert!(Progress::of(&pair.node, pair.node_setup.township).expect("readable").synced());
    }
}

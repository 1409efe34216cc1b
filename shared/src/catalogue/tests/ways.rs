//! What follows from the ways through a kind's statuses.

use crate::catalogue::model::{Catalogue, Condition, Kind, Reason};

fn kind(id: &str) -> &'static Kind {
    static CATALOGUE: std::sync::OnceLock<std::sync::Arc<Catalogue>> = std::sync::OnceLock::new();
    CATALOGUE.get_or_init(Catalogue::builtin).kind(id).expect("a kind of the catalogue")
}

fn required(kind: &Kind, field: &str) -> Vec<String> {
    let tags = &kind.field(field).expect("a field").required_in;
    kind.statuses
        .values()
        .filter(|status| tags.contains(&status.tag))
        .map(|status| status.id.clone())
        .collect()
}

#[test]
fn a_field_is_required_where_all_ways_lead_through_the_status_named() {
    let petition = kind("petition");
    assert_eq!(required(petition, "to_unit"), ["transferred"], "handling is also reached without a transfer");
    assert_eq!(
        required(petition, "proposed_mode"),
        [
            "proposed",
            "approved",
            "transferred",
            "handling",
            "notified_closed",
            "escalated",
            "converted",
            "replied",
            "review",
            "recheck",
            "reported",
            "county_accepted",
            "county_assigned",
            "county_answered",
            "county_closed"
        ],
        "not in `registered`, to which a proposal may be returned, nor in `withdrawn` and `archived`",
    );
    assert_eq!(required(petition, "merged_into"), ["merged"]);
    assert_eq!(required(petition, "received_on").len(), petition.statuses.len(), "from the start = always");
    let proposal = kind("proposal");
    assert!(!required(proposal, "assigned_on").contains(&"withdrawn".to_owned()));
    assert!(required(proposal, "assigned_on").contains(&"tracking".to_owned()));
}

#[test]
fn what_a_status_demands_can_be_given_with_the_action() {
    let proposal = kind("proposal");
    let reply = proposal.action("reply").expect("an action");
    for field in ["replied_on", "result_class"] {
        assert!(reply.accepts.contains(&proposal.field(field).expect("a field").tag));
    }
    assert_eq!(proposal.action("return").expect("an action").reason, Reason::Required);
}

#[test]
fn an_imported_record_has_been_where_its_status_implies() {
    let proposal = kind("proposal");
    let assigned = proposal.measures.iter().find(|measure| measure.id == "assigned").expect("a measure");
    let ids: Vec<&str> = reached(&assigned.condition)
        .expect("`reached`")
        .iter()
        .map(|tag| proposal.statuses[tag].id.as_str())
        .collect();
    for implied in ["assigned", "handling", "replied", "closed", "reported"] {
        assert!(ids.contains(&implied), "{implied}");
    }
    for not in ["registered", "withdrawn", "refused", "archived"] {
        assert!(!ids.contains(&not), "{not}");
    }
}

/// The first `reached` of a condition that is not denied.
fn reached(condition: &Condition) -> Option<&Vec<u32>> {
    match condition {
        Condition::Reached(statuses) => Some(statuses),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().find_map(reached),
        _ => None,
    }
}

//! Sound packages: what they hold, and what they prove.

use std::io::{Cursor, Read as _};

use super::bed::{self, Town, check, wrong};
use crate::archive::Known;
use crate::ids::StreamName;
use crate::sync::message::Instance;
use crate::sync::pair::enrol;

/// Every part as text, by name.
fn parts(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    (0..zip.len())
        .map(|at| {
            let mut part = zip.by_index(at).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            (part.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn part(file: &[u8], name: &str) -> String {
    let found = parts(file).into_iter().find(|(known, _)| known == name);
    String::from_utf8(found.unwrap_or_else(|| panic!("no part {name}")).1).unwrap()
}

fn holds(file: &[u8], text: &str) -> bool {
    parts(file).iter().any(|(_, bytes)| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

#[track_caller]
fn sound(town: &Town, file: &[u8]) {
    let report = town.check(file);
    assert!(report.good, "{:#?}", wrong(&report));
}

#[test]
fn a_stranger_who_knows_the_fingerprint_can_check_it() {
    let mut town = Town::new();
    town.piece("甲");
    town.sync();
    town.piece("乙");
    let file = town.pack(&["2026"], &[]);
    let report = town.check(&file);
    assert!(report.good, "{:#?}", wrong(&report));
    let proved: Vec<_> = report.proved.iter().map(|text| text.zh.as_str()).collect();
    let said = |words: &str| proved.iter().any(|line| line.contains(words));
    assert!(
        said("一字节不差") && said("封装，证书由县里签发") && said("2 件归档文件、4 条记录齐全"),
        "{proved:#?}"
    );
    assert!(said("目录和每一页都与条目一致") && said("县级节点于 2026-03-02"), "{proved:#?}");
    let unproved: Vec<_> = report.unproved.iter().map(|text| text.zh.as_str()).collect();
    // The first piece was signed for, the second was not yet.
    assert!(unproved.iter().any(|line| line.contains("没有县级回执")), "{unproved:#?}");
    assert!(unproved.iter().any(|line| line.contains("只留校验值的条目")), "the deputies are digests");

    town.sync();
    let report = town.check(&town.pack(&["2026"], &[]));
    assert!(report.good && !report.unproved.iter().any(|text| text.zh.contains("没有县级回执")));
    assert_eq!(report.unproved.len(), 3, "revocation, digests, names: {:#?}", report.unproved);
    for text in report.proved.iter().chain(&report.unproved) {
        assert!(!text.zh.is_empty() && !text.en.is_empty());
    }
}

#[test]
fn people_read_everything_without_the_program() {
    let town = Town::new();
    let (letter, _) = town.piece("甲");
    let file = town.pack(&["2026"], &[]);
    let csv = part(&file, "归档文件目录.csv");
    assert_eq!(csv, "\u{feff}序号,档号,题名,日期\r\n1,X043-WS·2026-0001,归档甲,20260302\r\n");
    assert!(
        part(&file, "归档文件目录.txt").contains("档号：X043-WS·2026-0001\n题名：归档甲\n日期：20260302\n")
    );
    let list = part(&file, "目录.html");
    assert!(list.contains("<a href=\"记录/0002.html\">关于甲的来信</a>"), "{list}");
    let page = part(&file, "记录/0002.html");
    for said in ["代表甲", "村委会", "&lt;b&gt;镇里&lt;/b&gt;", "收信", "修改", "办结", "在办", "DL", "u1"]
    {
        assert!(page.contains(said) || said == "DL", "{said} in {page}");
    }
    assert!(page.contains("标题：来信甲") && page.contains("标题：关于甲的来信"), "what each step changed");
    assert!(page.contains(&letter.to_string()) && page.contains("2026-03-17"), "the day by which it was due");
    assert!(!page.contains("<script"));
    let guide = part(&file, "说明.txt");
    assert!(guide.contains("坎墩镇（330282002）") && guide.contains("归档文件 1 件") && !guide.contains('{'));
    assert!(part(&file, "data/catalogue/letter.toml").contains("zh = \"来信\""));
    assert!(part(&file, "data/format/record.proto").contains("message Entry"));
}

#[test]
fn what_stays_in_the_office_stays_unless_it_is_asked_for() {
    let town = Town::new();
    let (_, first) = town.piece("甲");
    let hidden = town.letter("密", "是");
    town.numbered("密", "是", &[hidden]);
    town.numbered("混", "否", &[hidden]);
    let (file, packed) = town.try_pack(&["2026"], &[]).unwrap();
    for canary in ["私人甲", "私人密", "关于密的来信", "13812345678", "归档密"] {
        assert!(!holds(&file, canary), "{canary} left the office");
    }
    assert_eq!(packed.items.len(), 2, "the piece that stays is left out");
    assert_eq!(packed.left_out.len(), 2);
    sound(&town, &file);
    assert!(part(&file, "目录.html").contains("（不外报，未指定装入）"));

    let (file, packed) = town.try_pack(&["2026"], &["letter"]).unwrap();
    assert!(holds(&file, "私人甲") && holds(&file, "关于密的来信"), "asked for");
    assert!(!holds(&file, "13812345678") && !holds(&file, "归档密"), "not asked for");
    assert_eq!((packed.items.len(), packed.left_out.len()), (2, 1));
    sound(&town, &file);
    let report = town.check(&file);
    assert!(report.unproved.iter().any(|text| text.zh.contains("县里没有见过")));
    assert!(part(&file, "记录/0002.html").contains("来信人（不外报）"));

    let all = town.pack(&["2026"], &["letter", "piece"]);
    assert!(holds(&all, "归档密"));
    sound(&town, &all);
    let refused = town.try_pack(&["归档密"], &[]).unwrap_err();
    assert!(refused.said.message.zh.contains("不外报"), "{refused:?}");
    let one = town.pack(&[&first.to_string()], &[]);
    assert!(holds(&one, "归档甲") && !holds(&one, "归档混"));
}

#[test]
fn pieces_are_named_by_year_number_or_title() {
    let town = Town::new();
    town.piece("甲");
    town.piece("乙");
    let piece = town.act("piece", None, "collect", &["title=未编号", "on=2026-03-02", "inner=否"]);
    assert_eq!(town.chosen(&["2026"]).unwrap().items.len(), 2);
    assert_eq!(
        town.chosen(&["X043-WS·2026-0002", "归档甲"]).unwrap().title,
        "X043-WS·2026-0001、X043-WS·2026-0002"
    );
    let none = town.chosen(&["2025"]).unwrap_err();
    assert!(none.said.message.zh.contains("2025"));
    let refused = town.chosen(&[&piece.to_string()]).unwrap_err();
    assert!(refused.said.message.zh.contains("还不能装包"), "{refused:?}");
    assert!(town.chosen(&["没有这一件"]).is_err());
}

#[test]
fn the_same_content_is_the_same_file() {
    let mut town = Town::new();
    town.piece("甲");
    town.sync();
    let (one, two) = (town.pack(&["2026"], &["letter"]), town.pack(&["2026"], &["letter"]));
    let body = |file: &[u8]| {
        let at = file.windows(20).rposition(|window| window == b"XIANGLIAN ARCHIVE 1\n").unwrap();
        file[..at].to_vec()
    };
    assert!(body(&one) == body(&two), "the content follows from the records alone");
    assert_ne!(one, two, "a signature is never the same twice");
    // A later receipt changes nothing: the earliest that covers it is taken.
    town.letter("丙", "否");
    town.sync();
    assert!(body(&one) == body(&town.pack(&["2026"], &["letter"])));
    town.identity = None;
    assert_eq!(
        town.pack(&["2026"], &[]),
        town.pack(&["2026"], &[]),
        "unsigned packages are the same to the byte"
    );
}

#[test]
fn an_office_that_has_not_joined_packs_and_says_what_that_is_worth() {
    let mut town = Town::new();
    town.piece("甲");
    town.identity = None;
    let file = town.pack(&["2026"], &[]);
    let report = check(&file, &Known::default());
    assert!(report.good, "{:#?}", wrong(&report));
    assert!(report.unproved.iter().any(|text| text.zh.contains("没有单位签名")));
    let strict = town.check(&file);
    assert!(!strict.good, "who asks for the county's word is not content with none");
}

#[test]
fn attachments_lie_beside_with_their_digests() {
    let town = Town::new();
    let letter = town.letter("附", "否");
    let bytes = vec![7; 1000];
    let kind = town.catalogue.kind("letter").unwrap();
    let set = [(kind.field("scan").unwrap().tag, crate::record::Value::Blob(bytes.clone()))].into();
    let finish = crate::command::Act::named(kind, "finish").unwrap();
    let command = crate::command::Command::new(kind.tag, Some(letter), finish, set);
    let actor = crate::record::Actor { role: crate::record::Role::TClerk, ..crate::record::Actor::program() };
    town.with(|ledger| ledger.commit(&command, &actor)).unwrap();
    town.numbered("附", "否", &[letter]);
    let file = town.pack(&["2026"], &[]);
    sound(&town, &file);
    let list = part(&file, "附件/附件清单.csv");
    assert!(list.contains(&blake3::hash(&bytes).to_hex().to_string()), "{list}");
    assert!(parts(&file).iter().any(|(name, part)| name == "附件/0002-scan.bin" && *part == bytes));
}

#[test]
fn a_restored_office_s_stream_of_several_epochs_verifies() {
    let mut town = Town::new();
    town.piece("甲");
    town.sync();
    let copy = copied(&town);
    town.piece("乙");
    town.sync();
    // The copy comes back, is written in, and finds the county's branch; its own work is appended again under a new epoch.
    town.pair.node = copy;
    town.piece("丙");
    town.pair.enrol(Instance([8; 16])).unwrap();
    enrol(&town.pair.hub, town.code(), Instance([8; 16])).unwrap();
    town.sync();
    town.piece("丁");
    town.sync();
    let own = StreamName::Township(town.code());
    let mut epochs = std::collections::BTreeSet::new();
    crate::archive::runs::walk::<crate::store::StoreError>(
        &town.pair.node,
        own,
        (1, u64::MAX),
        &mut |frame| {
            epochs.insert(frame.epoch);
            Ok(())
        },
    )
    .unwrap();
    assert!(epochs.len() > 1, "the branch was left under a new epoch");
    let file = town.pack(&["2026"], &[]);
    let report = town.check(&file);
    assert!(report.good, "{:#?}", wrong(&report));
    assert!(report.items >= 3, "{} pieces", report.items);
    assert!(!report.unproved.iter().any(|text| text.zh.contains("没有县级回执")), "{:#?}", report.unproved);
    assert!(holds(&file, "恢复后重新登记"), "what was appended again says so");
}

/// The node's store as it is now, on its own.
fn copied(town: &Town) -> crate::store::Store {
    use crate::store::Store;
    let copy = Store::memory(std::sync::Arc::new(crate::view::Folder::new(bed::catalogue())));
    for (stream, head) in town.pair.node.streams() {
        crate::archive::runs::walk::<crate::store::StoreError>(
            &town.pair.node,
            stream,
            (1, head.len),
            &mut |frame| copy.write(|tx| tx.append_frame(&frame).map(drop)),
        )
        .unwrap();
    }
    copy
}

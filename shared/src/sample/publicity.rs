//! Pieces in newspapers, on television and on the web, claimed for points.

use super::county::Township;
use super::life::{Say, Teller, text};
use super::{people, words};

pub(super) fn publicity(teller: &mut Teller<'_>, township: &Township, count: usize) {
    let span = (teller.to.0 - teller.from.0).max(1);
    for number in 0..count {
        let Some(kind) = teller.kind("publicity") else { return };
        let random = &mut teller.random;
        let (deputy, _) = people::name(random);
        let title = random.pick(&words::NEWS).replace("{t}", township.name).replace("{n}", &deputy);
        let title = title.replace("{}", random.pick::<&str>(&township.villages));
        let (medium, level, points) = words::MEDIA[random.weighted(&[1, 2, 5, 4, 10, 10, 30, 15, 6, 17])];
        let television = medium.contains("电视台");
        let form = if television {
            "TV"
        } else {
            ["NEWS", "FEATURE", "BRIEF", "PHOTO"][random.weighted(&[55, 15, 20, 10])]
        };
        let published = teller.from.plus(random.between(0, span - 1));
        let authors = random.between(1, 2);
        let authors = (0..authors).map(|_| people::name(random).0).collect();
        let say = vec![
            ("title", text(title)),
            ("author_names", Say::Texts(authors)),
            ("form", Say::Key(form)),
            ("medium", text(medium)),
            ("medium_level", Say::Key(level)),
            ("published_on", Say::Date(published)),
            ("position", Say::Key(["NORMAL", "FRONT", "HEADLINE"][random.weighted(&[85, 12, 3])])),
            ("usage", Say::Key(if random.chance(80) { "SOLE" } else { "COMBINED" })),
            ("words", Say::Number(i64::from(random.between(3, 28)) * 50)),
            ("claimed_points", Say::Decimal(points, 1)),
            (
                "evidence_link",
                text(format!(
                    "https://news.example/anlan/{}/{}",
                    published,
                    township.code as usize * 100 + number
                )),
            ),
        ];
        let withdrawn = random.chance(3);
        let Some(mut life) = teller.begin(kind, 0, published, "draft", say) else { continue };
        let after = life.random().between(1, 6);
        if life.then("claim", after, vec![]) && withdrawn {
            life.then("withdraw", 4, vec![]);
        }
    }
}

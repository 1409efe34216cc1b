//! A page to be printed: A4, without the frame.

use maud::{DOCTYPE, Markup, html};

use super::icon::{Icon, icon};
use super::{Words, assets};

/// One paper.
pub struct Sheet<'a> {
    pub title: &'a str,
    /// Stands over the title: whose paper it is.
    pub office: &'a str,
    /// Below the title, at the left and the right: number, day.
    pub beside: &'a [&'a str],
    /// At the foot: who printed it, when, from which record.
    pub foot: &'a str,
    /// The page that it came from.
    pub back: &'a str,
}

pub fn sheet(w: &Words, sheet: &Sheet<'_>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(w.lang_tag) {
            head {
                meta charset="utf-8";
                title { (sheet.title) " · " (sheet.office) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                link rel="icon" type="image/svg+xml" href=(assets::seal());
                link rel="stylesheet" href=(assets::style());
                script src=(assets::script()) defer {}
            }
            body.paper {
                nav.tools aria-label=(w.print) {
                    a.button href=(sheet.back) { (icon(Icon::Back)) (w.back) }
                    button.main.with-script type="button" data-print hidden { (icon(Icon::Printer)) (w.print) }
                    p.help { (w.print_key) }
                }
                main.sheet {
                    header {
                        p.office { (sheet.office) }
                        h1 { (sheet.title) }
                        @if !sheet.beside.is_empty() { p.beside { @for text in sheet.beside { span { (text) } } } }
                    }
                    (body)
                    footer { (sheet.foot) }
                }
            }
        }
    }
}

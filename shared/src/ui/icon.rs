//! Small drawings beside words. They say nothing that the word beside them does not say, and are hidden from readers.

use maud::{Markup, html};

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Add,
    Alarm,
    Arrow,
    Back,
    Bars,
    Calendar,
    Check,
    Clock,
    Close,
    Cloud,
    Columns,
    Cross,
    Down,
    File,
    Filter,
    Flag,
    Home,
    Info,
    Inbox,
    Link,
    List,
    Lock,
    Menu,
    Pause,
    Pencil,
    Printer,
    Search,
    Star,
    Sync,
    Up,
    User,
    Warning,
}

impl Icon {
    /// Strokes in a box of 20 × 20.
    fn path(self) -> &'static str {
        match self {
            Self::Add => "M10 4v12M4 10h12",
            Self::Alarm => "M10 2.5 18.5 17.5h-17zM10 8v4.5M10 15v.2",
            Self::Arrow => "M7 4l6 6-6 6",
            Self::Back => "M13 4l-6 6 6 6",
            Self::Bars => "M3 17h14M5.5 14v-4M10 14V5M14.5 14V8",
            Self::Calendar => "M3.5 5h13v12h-13zM3.5 9h13M7 3v3.5M13 3v3.5",
            Self::Check => "M4 10.5l4 4 8-9",
            Self::Clock => "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM10 6v4.3l3 1.8",
            Self::Close => "M5 5l10 10M15 5L5 15",
            Self::Cloud => "M6 15.5a3.6 3.6 0 0 1-.4-7.2 4.7 4.7 0 0 1 9-.6 3.9 3.9 0 0 1-.6 7.8z",
            Self::Columns => "M3.5 4.5h13v11h-13zM8 4.5v11M12.5 4.5v11",
            Self::Cross => "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM7 7l6 6M13 7l-6 6",
            Self::Down => "M4 7l6 6 6-6",
            Self::File => "M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5M7.5 10h5M7.5 13h5",
            Self::Filter => "M3 5h14l-5.5 6.5V17l-3-1.5v-4z",
            Self::Flag => "M5 17.5v-15M5 3.5h10l-2 3.5 2 3.5H5",
            Self::Home => "M3 9.5L10 3.5l7 6M5 8.5v8h10v-8",
            Self::Info => "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM10 9v5M10 6v.2",
            Self::Inbox => "M3 11l2.5-7h9L17 11v5.5H3zM3 11h4l1.2 2.2h3.6L13 11h4",
            Self::Link => {
                "M8 12l4-4M7 9.5L5 11.5a3 3 0 0 0 4.2 4.2L11 13.5M13 10.5l2-2a3 3 0 0 0-4.2-4.2L9 6.5"
            }
            Self::List => "M7 5h10M7 10h10M7 15h10M3.5 5v.1M3.5 10v.1M3.5 15v.1",
            Self::Lock => "M4.5 9h11v8h-11zM7 9V6.5a3 3 0 0 1 6 0V9M10 12v2.2",
            Self::Menu => "M3 5.5h14M3 10h14M3 14.5h14",
            Self::Pause => "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM8 7.5v5M12 7.5v5",
            Self::Pencil => "M4 16l.8-3.6L13.5 3.7l2.8 2.8-8.7 8.7zM11.5 5.7l2.8 2.8",
            Self::Printer => "M6 7V3h8v4M6 14H3.5V7h13v7H14M6 11.5h8V17H6z",
            Self::Search => "M8.5 3a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM12.5 12.5L17 17",
            Self::Star => "M10 2.8l2.2 4.7 5 .7-3.6 3.6.9 5.1L10 14.4l-4.5 2.5.9-5.1L2.8 8.2l5-.7z",
            Self::Sync => {
                "M16 8a6.5 6.5 0 0 0-11.5-2L3 7.5M3 3.5v4h4M4 12a6.5 6.5 0 0 0 11.5 2l1.5-1.5M17 16.5v-4h-4"
            }
            Self::Up => "M4 13l6-6 6 6",
            Self::User => "M10 3a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM3.5 17a6.5 6.5 0 0 1 13 0",
            Self::Warning => "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM10 6v5M10 14v.2",
        }
    }
}

/// The drawing, in the colour of the text around it.
pub fn icon(icon: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false" { path d=(icon.path()) {} }
    }
}

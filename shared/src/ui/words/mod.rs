//! Every message of the pages, in both languages. A message is a field of [`Words`], so that one that is missing or misspelt
//! does not compile. What the catalogue and the rules say brings its own two languages along.

mod en;
mod zh;

use crate::program::Lang;
use crate::record::Day;

/// The messages of one language. Those with something to put in are functions.
pub struct Words {
    pub lang: Lang,
    /// For `lang` attributes.
    pub lang_tag: &'static str,
    pub other_lang_tag: &'static str,
    pub other_language: &'static str,
    pub product: &'static str,
    /// Parts a list, parts a sentence.
    pub comma: &'static str,
    pub pause: &'static str,

    // The frame
    pub skip: &'static str,
    pub menu: &'static str,
    pub close: &'static str,
    pub main_places: &'static str,
    pub way_back: &'static str,
    pub leave: &'static str,
    pub search: &'static str,
    pub search_everything: &'static str,
    pub search_hint: &'static str,
    pub kept_here: &'static str,
    pub keys: &'static str,
    pub key_list: &'static [(&'static str, &'static str)],
    /// What the script says, as JSON.
    pub script_words: &'static str,
    pub note: &'static str,
    pub done: &'static str,
    pub beware: &'static str,
    pub failed: &'static str,
    pub what_to_do: &'static str,

    // The exchange with the county
    pub sync_apart: &'static str,
    pub sync_received: fn(&str) -> String,
    pub sync_waiting: fn(u64) -> String,
    pub sync_running: &'static str,
    pub sync_failed: fn(&str) -> String,
    pub sync_last: fn(&str) -> String,
    pub sync_now: &'static str,
    /// A day as it is said today: without the year where it is this year's.
    pub day_near: fn(Day, Day) -> String,

    // Lists
    pub records: &'static str,
    pub kind_list: fn(&str) -> String,
    pub with_chosen: &'static str,
    /// With `{n}` for the number.
    pub chosen_count: &'static str,
    pub choose: &'static str,
    pub choose_all: &'static str,
    pub choose_one: fn(&str) -> String,
    pub title: &'static str,
    pub unit: &'static str,
    pub status: &'static str,
    pub due: &'static str,
    pub reported: &'static str,
    pub sort_by: fn(&str) -> String,
    pub void: &'static str,
    pub nothing: &'static str,
    pub none_found: &'static str,
    pub none_found_advice: &'static str,
    pub show_all: &'static str,
    pub none_yet: fn(&str) -> String,
    pub none_yet_advice: &'static str,
    pub none_yet_wait: &'static str,
    pub create: fn(&str) -> String,
    pub pages: &'static str,
    /// First, last, all, and whether there are more than were counted.
    pub shown_of: fn(usize, usize, usize, bool) -> String,
    pub previous_page: &'static str,
    pub next_page: &'static str,
    pub page_number: fn(usize) -> String,
    pub by_status: &'static str,
    pub all: &'static str,
    pub still_open: &'static str,
    pub overdue: &'static str,
    pub narrow_list: &'static str,
    pub search_list: &'static str,
    pub period: &'static str,
    pub period_hint: &'static str,
    pub any: &'static str,
    pub columns: &'static str,
    pub apply: &'static str,

    // Deadlines
    pub days_left: fn(i32) -> String,
    pub done_late: &'static str,
    pub done_in_time: &'static str,
    pub deadlines: &'static str,
    pub cancelled: &'static str,
    pub until: &'static str,
    pub provisional: &'static str,
    pub extended_times: fn(u32) -> String,

    // Records
    pub imported: &'static str,
    pub short_id: &'static str,
    pub linked: &'static str,
    pub all_of: fn(usize) -> String,
    pub files: &'static str,
    pub next_steps: &'static str,
    pub nothing_for_you: &'static str,
    pub more_steps: &'static str,
    pub blocked_steps: &'static str,
    pub others_steps: &'static str,
    pub done_by: &'static str,
    pub needs: &'static str,
    pub count_items: fn(usize) -> String,
    pub history: &'static str,
    pub older_steps: &'static str,
    pub on_behalf: &'static str,
    pub recovered: &'static str,
    pub progress: &'static str,
    pub step_done: &'static str,
    pub step_here: &'static str,
    pub step_ahead: &'static str,

    // Forms
    pub required: &'static str,
    pub stays_here: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub leave_empty: &'static str,
    pub please_choose: &'static str,
    pub form_id_card: &'static str,
    pub form_lines: fn(usize) -> String,
    pub form_texts: &'static str,
    pub form_link: &'static str,
    pub form_decimal: fn(u8) -> String,
    pub form_reason: fn(usize) -> String,
    pub suggestions: &'static str,
    pub nothing_found: &'static str,
    pub nth_item: fn(&str, usize) -> String,
    pub one_more: &'static str,
    pub one_more_row: &'static str,
    pub remove: &'static str,
    pub row: &'static str,
    pub nth_row: fn(usize) -> String,
    pub in_row: fn(usize, &str) -> String,
    pub file_there: fn(&str) -> String,
    pub file_gone: &'static str,
    pub on_behalf_of: fn(&str) -> String,
    pub save: &'static str,
    pub cancel: &'static str,
    pub send_key: &'static str,
    pub wrong_places: fn(usize) -> String,
    pub nothing_lost: &'static str,
    pub sections: &'static str,
    pub has_errors: &'static str,
    pub more_fields: &'static str,
    pub count_fields: fn(usize) -> String,
    pub reason: &'static str,

    // The day
    pub today_groups: [&'static str; 4],
    pub other_work: &'static str,
    pub nothing_due: &'static str,
    pub nothing_due_beside: &'static str,
    pub more_due: &'static str,
    pub urged: fn(usize) -> String,
    pub urge: &'static str,
    pub today: &'static str,

    // Figures and charts
    pub figure: &'static str,
    pub value: &'static str,
    pub target: &'static str,
    pub met: &'static str,
    pub unmet: &'static str,
    pub before: &'static str,
    pub change: &'static str,
    pub place: &'static str,
    pub as_table: &'static str,
    pub coverage: fn(usize, usize) -> String,
    pub oldest: fn(&str, &str) -> String,
    pub not_in: &'static str,
    pub held: fn(u32) -> String,
    /// As `Arrival::ALL` has them.
    pub arrivals: [&'static str; 7],
    pub arrived: &'static str,
    pub shades: &'static str,
    pub no_cases: &'static str,

    // The calendar
    pub month: fn(i16, i8) -> String,
    pub previous_month: &'static str,
    pub next_month: &'static str,
    pub weekdays: [&'static str; 7],
    pub more_events: fn(usize) -> String,
    pub no_events: &'static str,
    pub until_day: fn(&str) -> String,

    // Pages with one thing on them
    pub account: &'static str,
    pub password: &'static str,
    pub sign_in: &'static str,
    pub forgotten: &'static str,
    pub error_number: &'static str,
    pub next: &'static str,
    pub back: &'static str,
    pub print: &'static str,
    pub print_key: &'static str,
}

impl Words {
    pub fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Zh => &zh::ZH,
            Lang::En => &en::EN,
        }
    }
}

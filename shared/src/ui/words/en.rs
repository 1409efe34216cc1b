//! English.

use super::Words;
use crate::program::Lang;

pub(super) static EN: Words = Words {
    lang: Lang::En,
    lang_tag: "en",
    other_lang_tag: "zh-CN",
    other_language: "中文",
    product: "Xianglian",
    comma: ", ",
    pause: "; ",

    skip: "Skip to content",
    menu: "Menu",
    close: "Close",
    main_places: "Main places",
    way_back: "Where you are",
    leave: "Sign out",
    search: "Search",
    search_everything: "Search all ledgers",
    search_hint: "Number, title, name",
    kept_here: "Data is kept on this computer",
    keys: "Keyboard",
    key_list: &[
        ("Alt + 1", "what is due today"),
        ("Alt + 2", "search"),
        ("Alt + N", "new record"),
        ("Alt + S", "save"),
        ("Ctrl + Enter", "save from anywhere in a form"),
        ("↑ ↓", "move between the rows of a list"),
        ("Esc", "close an open menu or list"),
    ],
    script_words: r#"{"unsaved":"Something is not saved yet. Leave all the same?","kept":"Draft kept ","left":"{n} characters left","over":"{n} characters too many"}"#,
    note: "Note: ",
    done: "Done: ",
    beware: "Look out: ",
    failed: "It failed: ",
    what_to_do: "What to do: ",

    sync_apart: "Not joined to the county yet",
    sync_received: |when| format!("Received by the county {when}"),
    sync_waiting: |count| {
        if count == 1 { "1 change waits".to_owned() } else { format!("{count} changes wait") }
    },
    sync_running: "Exchanging…",
    sync_failed: |why| format!("Exchange failed: {why}"),
    sync_last: |when| format!("last exchange {when}"),
    sync_now: "Exchange now",
    day_near: |day, today| {
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let (year, month, date) = day.ymd();
        let month =
            usize::try_from(month - 1).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or_default();
        if year == today.year() { format!("{date} {month}") } else { format!("{date} {month} {year}") }
    },

    records: "Records",
    kind_list: |kind| format!("List: {kind}"),
    with_chosen: "With the chosen records:",
    chosen_count: "{n} chosen:",
    choose: "Choose",
    choose_all: "Choose all of this page",
    choose_one: |title| format!("Choose {title}"),
    title: "Title",
    unit: "Office",
    status: "Status",
    due: "Due",
    reported: "County",
    sort_by: |column| format!("Sort by {column}"),
    void: "void",
    nothing: "none",
    none_found: "No record fits",
    none_found_advice: "Try another word, or ask for less.",
    show_all: "Show all",
    none_yet: |kind| format!("Nothing here yet: {kind}"),
    none_yet_advice: "Enter the first one, or import a ledger that you have.",
    none_yet_wait: "What the county or others enter will be shown here.",
    create: |kind| format!("New: {kind}"),
    pages: "Pages",
    shown_of: |first, last, total, more| {
        let more = if more { " or more" } else { "" };
        format!("{first}–{last} of {total}{more}")
    },
    previous_page: "Previous",
    next_page: "Next",
    page_number: |page| format!("Page {page}"),
    by_status: "By status",
    all: "All",
    still_open: "Open",
    overdue: "Overdue",
    narrow_list: "Filter",
    search_list: "Search this ledger",
    period: "Period",
    period_hint: "such as 2026, 2026Q3, 2026-11",
    more_filters: "More filters",
    any: "Any",
    columns: "Columns",
    apply: "Apply",

    days_left: |days| match days {
        0 => "due today".to_owned(),
        1 => "due tomorrow".to_owned(),
        -1 => "1 day over".to_owned(),
        ..0 => format!("{} days over", days.unsigned_abs()),
        _ => format!("{days} days left"),
    },
    done_late: "met late",
    done_in_time: "met in time",
    deadlines: "Deadlines",
    cancelled: "cancelled",
    until: "until ",
    provisional: " (provisional)",
    done_on: "done on ",
    extended_times: |times| {
        if times == 1 { "extended once".to_owned() } else { format!("extended {times} times") }
    },

    imported: "imported",
    short_id: "short id",
    linked: "Linked records",
    all_of: |count| format!("Show all {count}"),
    files: "Files",
    next_steps: "Next steps",
    nothing_for_you: "There is nothing for you to do now.",
    more_steps: "Other steps",
    blocked_steps: "Not possible now",
    others_steps: "For others to do",
    done_by: "by ",
    needs: "needs: ",
    count_items: |count| format!("({count})"),
    history: "History",
    older_steps: "Earlier steps",
    on_behalf: "entered for others",
    recovered: "taken again after a recovery",
    progress: "Progress",
    step_done: "done",
    step_here: "current step",
    step_ahead: "not begun",

    required: "required",
    stays_here: "stays in this office",
    yes: "Yes",
    no: "No",
    leave_empty: "Leave empty",
    please_choose: "Please choose",
    form_id_card: "18 characters of the identity card",
    form_lines: |max| format!("at most {max} characters"),
    form_texts: "one on each line",
    form_link: "type a number, a title or the first letters of its pinyin",
    form_decimal: |scale| {
        if scale == 1 { "at most 1 decimal".to_owned() } else { format!("at most {scale} decimals") }
    },
    form_reason: |max| format!("at most {max} characters"),
    suggestions: "Records to choose from",
    nothing_found: "Nothing found",
    nth_item: |label, nth| format!("{label}, item {nth}"),
    one_more: "One more",
    one_more_row: "One more row",
    remove: "Remove",
    row: "Row",
    nth_row: |nth| format!("row {nth}"),
    in_row: |nth, label| format!("row {nth}, {label}"),
    file_there: |there| format!("There is a file: {there}"),
    file_gone: "Take the file away",
    on_behalf_of: |whose| format!("You enter this for others: {whose}. The record says so."),
    save: "Save",
    cancel: "Cancel",
    send_key: "Ctrl + Enter saves",
    wrong_places: |count| {
        if count == 1 {
            "1 thing needs to be put right".to_owned()
        } else {
            format!("{count} things need to be put right")
        }
    },
    nothing_lost: "Everything you entered is still here; put it right and send it again.",
    sections: "Parts of the form",
    has_errors: "has errors",
    more_fields: "Optional",
    count_fields: |count| if count == 1 { "(1 field)".to_owned() } else { format!("({count} fields)") },
    reason: "Reason",
};

//! A scripted year of a county and its townships through both programs: one hub and its nodes over real sockets, with a
//! clock that is set. What the calendar of the year asks for happens, what has to be answered is answered or reminded of
//! once, and the year ends with a ranking and an appraisal that stand beside the table worked out by hand.

mod answers;
mod bed;
mod closing;
mod county;
mod outcome;
mod plan;
mod reminders;
mod seasons;
mod table;
mod town;
mod work;

use plan::Story;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_of_the_county() -> anyhow::Result<()> {
    let root = tempfile::tempdir()?;
    let mut story = Story::begin(root.path()).await?;
    for (day, steps) in plan::calendar() {
        story.year.go_to(day).await?;
        for step in steps {
            step(&mut story);
        }
    }
    outcome::check(&story);
    // What came on the last day goes up in the night after, and nothing follows from that in the next one.
    story.year.go_to("2027-01-02").await?;
    outcome::same_at_both_sides(&story.year);
    story.year.stop().await
}

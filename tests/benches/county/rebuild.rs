//! The views made anew must be what they were: every row of every table, tally cells included.

use anyhow::ensure;
use county_hub::app::App;
use shared::program::Progress;
use shared::tally;
use xianglian_tests::cluster::plain;

use super::Work;
use super::meter::{memory, ms, now, per_second};

/// Number of rows and a hash over all of them.
type Sum = (u64, [u8; 32]);

pub fn run(work: &Work) -> anyhow::Result<()> {
    let app = work.open_hub()?;
    let before = rows(&app);
    drop(app);
    let begun = now();
    let entries = App::rebuild(&work.hub_config()?, &Progress::silent()).map_err(plain)?;
    println!(
        "rebuild: {entries} entries in {:.1} s, {:.0} a second; {}",
        begun.elapsed().as_secs_f64(),
        per_second(entries, begun.elapsed()),
        memory()
    );
    let begun = now();
    let app = work.open_hub()?;
    println!("open after it: {:.0} ms", ms(begun.elapsed()));
    let after = rows(&app);
    ensure!(before == after, "the rebuilt views differ: {} rows before, {} after", before.0, after.0);
    let begun = now();
    let same = app.store().read(|views| tally::exact(views, app.catalogue()));
    ensure!(same, "the cells are not those that the records give");
    println!(
        "exact: {} rows are the same before and after; all cells are those of the records ({:.1} s); {}",
        after.0,
        begun.elapsed().as_secs_f64(),
        memory()
    );
    Ok(())
}

/// Every table that is folded from entries; the store's own say where frames stand, and are not compared.
fn rows(app: &App) -> Sum {
    let (mut count, mut hasher) = (0, blake3::Hasher::new());
    app.store().read(|views| {
        for table in 0x10..=u8::MAX {
            views.scan(&[table], None, &mut |key, value| {
                count += 1;
                hasher.update(&(key.len() as u64).to_le_bytes());
                hasher.update(key);
                hasher.update(&(value.len() as u64).to_le_bytes());
                hasher.update(value);
                true
            });
        }
    });
    (count, *hasher.finalize().as_bytes())
}

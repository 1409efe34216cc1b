//! Numbers that look random and are the same for the same seed, on every machine and in every version.

/// A splitmix64 generator. Not for secrets.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator of its own for one purpose: what one office does not shift what another does.
    pub fn for_each(seed: u64, purpose: &str, number: u64) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes());
        hasher.update(&number.to_le_bytes());
        hasher.update(purpose.as_bytes());
        let mut bytes = [0; 8];
        hasher.finalize_xof().fill(&mut bytes);
        Self(u64::from_le_bytes(bytes))
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 ≤ n < `bound`; 0 if the bound is 0. The bias is below 2⁻³² for bounds of this module.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.draw()) * bound as u128) >> 64) as usize
    }

    /// `low` ≤ n ≤ `high`; `low` if they are the wrong way round.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((i64::from(high) - i64::from(low) + 1).max(0) as usize) as i32
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent as usize
    }

    /// One of them.
    ///
    /// # Panics
    /// If there are none; callers pass tables of the program.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// The index of one of them, by weight; 0 if all weights are 0.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let mut rest = self.below(weights.iter().map(|w| *w as usize).sum()) as u32;
        for (index, weight) in weights.iter().enumerate() {
            if rest < *weight {
                return index;
            }
            rest -= weight;
        }
        0
    }

    /// So many different ones, in their order in the table; all if there are fewer.
    pub fn some<'a, T>(&mut self, items: &'a [T], count: usize) -> Vec<&'a T> {
        let mut left = count.min(items.len());
        let mut taken = Vec::with_capacity(left);
        for (index, item) in items.iter().enumerate() {
            if self.below(items.len() - index) < left {
                taken.push(item);
                left -= 1;
            }
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_for_ever() {
        let mut random = Random::new(1);
        assert_eq!([random.draw(), random.draw()], [0x910A_2DEC_8902_5CC1, 0xBEEB_8DA1_658E_EC67]);
        let mut a = Random::for_each(7, "letters", 3);
        let mut b = Random::for_each(7, "letters", 4);
        assert_ne!(a.draw(), b.draw());
    }

    #[test]
    fn choices_stay_within_their_tables() {
        let mut random = Random::new(2);
        for _ in 0..1000 {
            assert!((3..=9).contains(&random.between(3, 9)));
            assert_eq!(random.weighted(&[0, 5, 0]), 1);
            let some = random.some(&[1, 2, 3, 4], 2);
            assert!(some.len() == 2 && some[0] < some[1]);
        }
        assert_eq!((random.below(0), random.between(5, 4)), (0, 5));
    }
}

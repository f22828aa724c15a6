//! Things done in turn, and the middle of what each took.

use std::time::Instant;

/// One of the things that are compared; it gets the number of the turn.
pub(crate) type Turn<'a> = &'a mut dyn FnMut(usize);

/// Does these things in turn, so often; gives the median time of each, in seconds.
pub(crate) fn medians<const N: usize>(turns: usize, things: &mut [Turn<'_>; N]) -> [f64; N] {
    let mut took: [Vec<f64>; N] = std::array::from_fn(|_| Vec::with_capacity(turns));
    for turn in 0..turns {
        // Another one begins each time: what comes first after the others is colder.
        for place in (turn..turn + N).map(|place| place % N) {
            let begun = Instant::now();
            things[place](turn);
            took[place].push(begun.elapsed().as_secs_f64());
        }
    }
    took.map(|mut took| share(&mut took, 0.5))
}

/// Gives the value that this share of the values does not exceed.
pub(crate) fn share(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let below = values.iter().enumerate().take_while(|(place, _)| (*place as f64) < values.len() as f64 * share);
    values[below.count().max(1) - 1]
}

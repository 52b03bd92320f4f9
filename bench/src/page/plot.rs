//! What was measured, as a picture: how far each number is from its goal.

use super::Saved;
use crate::report::{Line, short};

const ROW: f64 = 22.0;
const TOP: f64 = 54.0;
/// Where the names end and the bars begin, and how wide a doubling is.
const LEFT: f64 = 470.0;
const DOUBLING: f64 = 62.0;
/// How many times the goal is the least and the most that is drawn, as powers of two.
const ENDS: (f64, f64) = (-2.0, 4.0);
const WIDTH: f64 = LEFT + DOUBLING * (ENDS.1 - ENDS.0) + 80.0;
const MET: &str = "#2a7f62";
const NOT_MET: &str = "#b3412c";

/// A picture of all numbers that have a goal.
pub(super) fn of(saved: &Saved) -> String {
    let lines = || saved.scenarios.iter().flat_map(|chapter| &chapter.lines);
    let judged: Vec<_> = lines().filter_map(|line| Some((line, line.goal?))).collect();
    let height = judged.iter().fold(TOP, |height, _| height + ROW) + 16.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"12\" y=\"20\" font-size=\"14\" font-weight=\"bold\">Measured, in times of the \
         goal: right of the line is better</text>\n"
    );
    let mut power = ENDS.0;
    while power <= ENDS.1 {
        svg.push_str(&rule(power, height));
        power += 1.0;
    }
    let mut y = TOP;
    for (line, goal) in judged {
        svg.push_str(&row(line, goal, y));
        y += ROW;
    }
    svg.push_str("</svg>\n");
    svg
}

/// A line from the top to the bottom where this power of two of the goal is.
fn rule(power: f64, height: f64) -> String {
    let (x, colour) = (at(power.exp2()), if power.abs() < 0.5 { "#333333" } else { "#dddddd" });
    format!(
        "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{:.1}\" stroke=\"{colour}\"/>\n\
         <text x=\"{x:.1}\" y=\"46\" text-anchor=\"middle\" fill=\"#555555\">{}</text>\n",
        height - 16.0,
        power.exp2()
    )
}

/// Where so many times the goal is, or the end that is nearest to it.
fn at(times: f64) -> f64 {
    let power = times.max(f64::MIN_POSITIVE).log2().clamp(ENDS.0, ENDS.1);
    LEFT + DOUBLING * (power - ENDS.0)
}

/// The name of a number, a line from its lowest round to its highest, and a dot for its median.
fn row(line: &Line, goal: f64, y: f64) -> String {
    let middle = y + ROW / 2.0;
    let [low, median, high] =
        [line.value.low, line.value.median, line.value.high].map(|value| at(value / goal));
    let colour = if line.value.median >= goal { MET } else { NOT_MET };
    format!(
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\n\
         <line x1=\"{low:.1}\" x2=\"{high:.1}\" y1=\"{middle:.1}\" y2=\"{middle:.1}\" \
         stroke=\"{colour}\" stroke-width=\"2\" stroke-opacity=\"0.5\"/>\n\
         <circle cx=\"{median:.1}\" cy=\"{middle:.1}\" r=\"4.5\" fill=\"{colour}\"/>\n\
         <text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{}x</text>\n",
        LEFT - 12.0,
        middle + 4.0,
        plain(&line.name),
        at(ENDS.1.exp2()) + 14.0,
        middle + 4.0,
        short(line.value.median / goal)
    )
}

/// Text that is text whatever is in it.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::super::tests::saved;
    use super::*;

    #[test]
    fn only_what_has_a_goal_is_drawn_where_it_belongs() {
        let svg = of(&saved());
        assert_eq!(svg.matches("<circle").count(), 1);
        // The goal itself: the third of the lines from the left.
        let x = LEFT + 2.0 * DOUBLING;
        assert!(svg.contains(&format!("<circle cx=\"{x:.1}\"")), "{svg}");
        assert!(svg.contains(MET) && !svg.contains(NOT_MET), "{svg}");
    }

    #[test]
    fn what_is_far_away_is_drawn_at_the_end() {
        let (first, last) = (at(0.0), at(1e9));
        assert!((first - LEFT).abs() < 0.1 && (last - (LEFT + 6.0 * DOUBLING)).abs() < 0.1);
        assert_eq!(plain("a < b & c"), "a &lt; b &amp; c");
    }
}

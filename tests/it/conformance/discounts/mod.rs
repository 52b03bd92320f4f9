//! Codes, what they take off, and what becomes of those that take off nothing.

mod amounts;
mod codes;

use super::registry::section;

section! {
    DISCOUNTS = "Discounts";
    dx_01 Must "Discounts 6.1" check(codes::new_codes_take_the_place_of_earlier_ones)
        "New codes take the place of the earlier ones.";
    dx_02 Must "Discounts 6.1" check(codes::no_codes_take_off_nothing)
        "An empty list of codes takes all of them back.";
    dx_03 Must "Discounts 6.1" check(codes::the_case_of_a_code_does_not_matter)
        "Codes are read in upper and lower case.";
    dx_04 Should "Discounts 10.1" check(codes::codes_may_come_as_coupons)
        "Codes may come as `coupons`; where both are sent, `discounts` counts.";
    dx_05 Must "Discounts 4.1" check(codes::every_code_is_applied_or_rejected_with_a_reason)
        "Every code is listed as applied, or as rejected with the reason.";
    dx_06 Should "Discounts 6.2, 7" check(codes::a_rejected_code_is_told_as_a_message)
        "A rejected code is told as a message that points at it.";
    dx_07 Should "Discounts 7.2" check(codes::that_message_is_a_warning)
        "That message is a warning.";
    dx_08 Must "Discounts 5.3" check(amounts::parts_of_a_discount_add_up)
        "The parts of a discount add up to it.";
    dx_09 Must "Discounts 8.2" check(amounts::discounts_of_lines_add_up)
        "The discount on goods is the sum of the discounts of the lines.";
    dx_10 Must "Discounts 8.1" check(amounts::what_is_given_on_what_shows_in_the_totals)
        "Discounts on goods and other discounts have rows of their own in the totals.";
    dx_11 Must "Discounts 5.2" check(amounts::discounts_follow_their_order)
        "Discounts are taken off in their order, each from what the last one left.";
    dx_12 Must "Discounts 3.3" check(amounts::automatic_discounts_say_so)
        "A discount nobody asked for says so and has no code.";
    dx_13 Should "Discounts 11" check(codes::who_guesses_codes_is_slowed_down)
        "Whoever guesses codes is slowed down.";
}

/// A shop with discounts for those who know the code.
pub(super) const PROMOTIONS: &str = r#"
[[shop.promotion]]
id = "welcome"
name = "Ten percent for new friends"
code = "WELCOME10"
percent_off = "0.10"
applies_to = "goods"
spread = "each"
priority = 5

[[shop.promotion]]
id = "five"
name = "Five dollars off"
code = "FIVEOFF"
amount_off = 500
currency = "USD"
applies_to = "order"
priority = 6

[[shop.promotion]]
id = "across"
name = "Three dollars and a third off the goods"
code = "ACROSS"
amount_off = 333
currency = "USD"
applies_to = "goods"
spread = "across"
priority = 7

[[shop.promotion]]
id = "delivery"
name = "Delivery on us"
code = "FREESHIP"
percent_off = "1"
applies_to = "delivery"
priority = 8

[[shop.promotion]]
id = "twenty_first"
name = "Twenty percent, then more"
code = "TWENTYFIRST"
percent_off = "0.20"
applies_to = "goods"
spread = "each"
priority = 1

[[shop.promotion]]
id = "three_later"
name = "Three dollars, later"
code = "THREELATER"
amount_off = 300
currency = "USD"
applies_to = "goods"
spread = "across"
priority = 2

[[shop.promotion]]
id = "three_first"
name = "Three dollars, first"
code = "THREEFIRST"
amount_off = 300
currency = "USD"
applies_to = "goods"
spread = "across"
priority = 1

[[shop.promotion]]
id = "twenty_later"
name = "Twenty percent, later"
code = "TWENTYLATER"
percent_off = "0.20"
applies_to = "goods"
spread = "each"
priority = 2

[[shop.promotion]]
id = "over"
name = "Last year's sale"
code = "LASTYEAR"
percent_off = "0.50"
applies_to = "goods"
ends_at = "2020-01-01T00:00:00Z"

[[shop.promotion]]
id = "large"
name = "Ten percent off large orders"
code = "LARGE"
percent_off = "0.10"
applies_to = "goods"
min_goods = 100000
currency = "USD"

[[shop.promotion]]
id = "members"
name = "For members"
code = "MEMBERS"
percent_off = "0.10"
applies_to = "goods"
audience = "signed_in"

[[shop.promotion]]
id = "vip"
name = "For a few"
code = "FEW"
percent_off = "0.10"
applies_to = "goods"
audience = "customers"
customers = ["cust_vip"]

[[shop.promotion]]
id = "once"
name = "For whoever comes first"
code = "ONCE"
percent_off = "0.10"
applies_to = "goods"
redemptions_max = 1

[[shop.promotion]]
id = "alone"
name = "Not with others"
code = "ALONE"
percent_off = "0.30"
applies_to = "goods"
exclusive = true
"#;

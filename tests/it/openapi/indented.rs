/// The same JSON over several lines, its members in the order in which they were sent.
pub(crate) fn indented(json: &str) -> String {
    let (mut text, mut depth, mut is_text, mut is_escaped) = (String::new(), 0, false, false);
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        let is_empty = matches!(characters.peek(), Some(']' | '}'));
        match character {
            _ if is_text => text.push(character),
            '{' | '[' if is_empty => {
                text.push(character);
                text.extend(characters.next());
            }
            '{' | '[' => {
                depth += 1;
                text.push(character);
                break_line(&mut text, depth);
            }
            '}' | ']' => {
                depth -= 1;
                break_line(&mut text, depth);
                text.push(character);
            }
            ',' => {
                text.push(character);
                break_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            _ => text.push(character),
        }
        is_text ^= character == '"' && !is_escaped;
        is_escaped = is_text && character == '\\' && !is_escaped;
    }
    text.push('\n');
    text
}

fn break_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
}

#[test]
fn text_is_left_as_it_is() {
    let sent = r#"{"a":[],"b":["x, {y}\"z",{}],"c":{"d":1}}"#;
    let shown = "{\n  \"a\": [],\n  \"b\": [\n    \"x, {y}\\\"z\",\n    {}\n  ],\n  \"c\": {\n    \"d\": 1\n  }\n}\n";
    assert_eq!(indented(sent), shown);
}

use std::collections::BTreeMap;

use super::refusal::Refusal;

/// The parameters of a request, `a[b]=c` by their whole names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    pairs: Vec<(String, String)>,
}

impl Form {
    pub(super) fn parse(encoded: &[u8]) -> Self {
        let decoded = form_urlencoded::parse(encoded);
        let mut pairs: Vec<_> = decoded.map(|(k, v)| (k.into_owned(), v.into_owned())).collect();
        // Clients may order them as they like. Values under one name keep their order.
        pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
        Self { pairs }
    }

    /// The last value under a name; none where it is empty, as Stripe takes it.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The values of `name[]`, `name[0]`, `name[1]` and so on.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let is_place = |place: &str| place.bytes().all(|byte| byte.is_ascii_digit());
        let inner = self.below(name).filter(|(place, _)| is_place(place));
        inner.map(|(_, value)| value.to_owned()).collect()
    }

    /// The values of `name[…]` by what stands in the brackets.
    pub(super) fn map(&self, name: &str) -> BTreeMap<String, String> {
        self.below(name).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    /// Whether anything stands below a name.
    pub(super) fn has_below(&self, name: &str) -> bool {
        self.pairs
            .iter()
            .any(|(key, _)| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('[')))
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let parsed = self.get(name).map(|text| text.parse().map_err(|_error| text));
        parsed.transpose().map_err(|text| {
            let message = format!("Invalid integer: {text}");
            Refusal::invalid(message).code("parameter_invalid_integer").param(name)
        })
    }

    /// `true` or `false`; false where it is absent.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(text) => Err(Refusal::invalid(format!("Invalid boolean: {text}")).param(name)),
        }
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        if let Some((_, chosen)) = choices.iter().find(|(word, _)| *word == text) {
            return Ok(Some(*chosen));
        }
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        let message = format!("Invalid {name}: must be one of {}", words.join(", "));
        Err(Refusal::invalid(message).param(name))
    }

    /// Something that has to be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| missing(name))
    }

    /// An amount of money that has to be more than nothing.
    pub(super) fn amount(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let amount = self.number(name)?;
        if amount.is_some_and(|amount| amount < 1) {
            let message = "This value must be greater than or equal to 1.".to_owned();
            let refusal = Refusal::invalid(message).param(name);
            return Err(refusal.code("parameter_invalid_integer"));
        }
        Ok(amount)
    }

    fn below(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().filter_map(move |(key, value)| {
            let inner = key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?;
            Some((inner, value.as_str()))
        })
    }
}

pub(super) fn missing(name: &str) -> Refusal {
    let message = format!("Missing required param: {name}.");
    Refusal::invalid(message).code("parameter_missing").param(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_names_are_found_however_they_are_encoded() {
        let plain = Form::parse(b"metadata[a]=1&metadata[b c]=2&expand[]=x&expand[]=y&amount=5");
        let encoded =
            Form::parse(b"expand%5B%5D=x&expand[]=y&metadata%5Ba%5D=1&amount=5&metadata[b+c]=2");
        assert_eq!(plain, encoded);
        assert_eq!(plain.list("expand"), ["x", "y"]);
        assert_eq!(plain.map("metadata").get("b c").map(String::as_str), Some("2"));
        assert_eq!(Form::parse(b"expand[0]=x&expand[1]=y").list("expand"), ["x", "y"]);
        assert!(plain.has_below("metadata") && !plain.has_below("meta"));
    }

    #[test]
    fn values_are_read_as_what_they_should_be() {
        let form = Form::parse(b"amount=12&bad=1.5&yes=true&odd=maybe&none=&zero=0");
        assert_eq!(form.number("amount").unwrap(), Some(12));
        assert_eq!(form.number("none").unwrap(), None);
        assert!(form.number("bad").is_err() && form.amount("zero").is_err());
        assert!(form.flag("yes").unwrap() && !form.flag("absent").unwrap());
        assert!(form.flag("odd").is_err() && form.required("absent").is_err());
        let words = [("maybe", 1), ("never", 2)];
        assert_eq!(form.choice("odd", &words).unwrap(), Some(1));
        assert!(form.choice("amount", &words).is_err());
    }
}

/// How the cell of a field is written in CSV.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::adapters::catalog) enum Form {
    /// As it is.
    Text,
    /// Digits.
    Whole,
    /// `one;two;three`.
    List,
    /// `color=navy;size=M`.
    Pairs,
}

/// A field of a row, which is also a column of a CSV file.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::adapters::catalog) struct Field {
    pub(in crate::adapters::catalog) name: &'static str,
    pub(in crate::adapters::catalog) form: Form,
    /// Whether every row needs it. What decides about money is never guessed.
    pub(in crate::adapters::catalog) is_required: bool,
}

impl Field {
    pub(in crate::adapters::catalog) fn named(name: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.name == name)
    }
}

/// Every field there is.
pub(in crate::adapters::catalog) const FIELDS: &[Field] = &[
    required("id", Form::Text),
    optional("product_id", Form::Text),
    required("title", Form::Text),
    optional("description", Form::Text),
    optional("brand", Form::Text),
    optional("category", Form::Text),
    required("kind", Form::Text),
    required("price", Form::Whole),
    required("currency", Form::Text),
    optional("stock", Form::Whole),
    optional("options", Form::Pairs),
    optional("tags", Form::List),
    optional("images", Form::List),
    optional("sku", Form::Text),
    optional("sold_as", Form::Text),
    optional("max_per_order", Form::Whole),
    required("tax_class", Form::Text),
    optional("weight_grams", Form::Whole),
    optional("seller", Form::Text),
    optional("disclosures", Form::List),
];

const fn required(name: &'static str, form: Form) -> Field {
    Field { name, form, is_required: true }
}

const fn optional(name: &'static str, form: Form) -> Field {
    Field { name, form, is_required: false }
}

//! The list of kinds, and everything that works on all kinds alike, written here once: a record of any kind, the
//! workspace that holds them all, and one function for each question that can be asked of a field of any record.

use std::collections::HashSet;
use std::sync::Arc;

use super::change::{Change, Edit};
use super::column::Column;
use super::field::{Audience, FieldInfo, FieldType, SearchField, Shown, Wording};
use super::record::FilterInfo;
use super::text::one_line;
use super::{AnyRecord, Id, Kind, Partnership, Workspace, merge};

/// The list of kinds: the struct, its collection in a workspace (also the name of its file), one of it, the letter of
/// its ids.
macro_rules! kinds {
    ($( $(#[$doc:meta])* $name:ident $plural:ident $singular:literal $letter:literal; )+) => {
        use std::borrow::Cow;
        use std::sync::Arc;
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        /// A kind of record. The order is that in which files are written: what is referred to comes first.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $( $(#[$doc])* $name, )+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[$(Kind::$name),+];

            /// Its name for many, which is also that of its file.
            pub fn plural(self) -> &'static str {
                match self { $(Kind::$name => stringify!($plural)),+ }
            }

            /// Its name for one.
            pub fn singular(self) -> &'static str {
                match self { $(Kind::$name => $singular),+ }
            }

            /// The letter with which its ids begin.
            pub fn letter(self) -> char {
                match self { $(Kind::$name => $letter),+ }
            }

            /// Its fields, in the order of the form; behind those that people edit, those that the program keeps.
            pub fn fields(self) -> impl Iterator<Item = &'static FieldInfo> {
                let all: Box<dyn Iterator<Item = &'static FieldInfo>> = match self {
                    $(Kind::$name => Box::new($name::FIELDS.iter().map(|field| &field.info)),)+
                };
                all
            }

            /// A record of this kind with nothing in it but an id.
            pub fn blank(self, id: Id) -> AnyRecord {
                match self { $(Kind::$name => AnyRecord::$name(Arc::new($name { id, ..Default::default() }))),+ }
            }

            /// Reads a record of this kind from any format.
            ///
            /// # Errors
            /// Those of the format.
            pub fn deserialize<'de, D: Deserializer<'de>>(self, id: Id, from: D) -> Result<AnyRecord, D::Error> {
                Ok(match self { $(Kind::$name => {
                    let mut record = $name::deserialize(from)?;
                    record.id = id;
                    // A list that was read has room for more than it holds; a copy of it has not.
                    AnyRecord::$name(Arc::new(record.clone()))
                }),+ })
            }

            /// Whether its records are kept in memory.
            pub fn is_resident(self) -> bool {
                match self { $(Kind::$name => $name::IS_RESIDENT),+ }
            }

            /// Whether people add records of it by hand.
            pub fn is_addable(self) -> bool {
                match self { $(Kind::$name => $name::IS_ADDABLE),+ }
            }

            fn computed_columns(self) -> &'static [Column] {
                match self { $(Kind::$name => $name::COLUMNS),+ }
            }

            fn listed(self) -> &'static [&'static str] {
                match self { $(Kind::$name => $name::LISTED),+ }
            }

            fn declared_filters(self) -> &'static [$crate::model::record::FilterInfo] {
                match self { $(Kind::$name => $name::FILTERS),+ }
            }

            /// The words that `is:` understands for it.
            pub fn states(self) -> Vec<&'static str> {
                match self { $(Kind::$name => $name::STATES.iter().map(|state| state.word).collect()),+ }
            }
        }

        /// A record of any kind. Cloning it shares it.
        #[derive(Clone, Debug, PartialEq)]
        pub enum AnyRecord { $( $(#[$doc])* $name(Arc<$name>), )+ }

        impl AnyRecord {
            /// Its kind.
            pub fn kind(&self) -> Kind {
                match self { $(Self::$name(_) => Kind::$name),+ }
            }

            /// Its id.
            pub fn id(&self) -> Id {
                match self { $(Self::$name(record) => record.id()),+ }
            }

            /// What people call it.
            pub fn title<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
                match self { $(Self::$name(record) => record.title(workspace)),+ }
            }

            /// What lists say in brackets behind the title.
            pub fn suffix(&self) -> Option<Cow<'_, str>> {
                match self { $(Self::$name(record) => record.suffix()),+ }
            }

            fn answers_to(&self, typed: &str, workspace: &Workspace) -> bool {
                match self { $(Self::$name(record) => record.answers_to(typed, workspace)),+ }
            }

            /// Its last change.
            pub fn updated(&self) -> &Updated {
                match self { $(Self::$name(record) => record.updated()),+ }
            }

            /// Stamps it.
            pub fn set_updated(&mut self, updated: Updated) {
                match self { $(Self::$name(record) => Arc::make_mut(record).set_updated(updated)),+ }
            }

            /// What must hold for it by itself.
            ///
            /// # Errors
            /// A sentence that says which field is wrong and what would be right.
            pub fn check(&self) -> Result<(), String> {
                match self { $(Self::$name(record) => record.check_fields()),+ }
            }

            /// Fills in what a new record leaves out and the others tell.
            fn complete(&mut self, workspace: &Workspace) {
                match self { $(Self::$name(record) => Arc::make_mut(record).complete(workspace)),+ }
            }

            /// What must hold for it among the others.
            ///
            /// # Errors
            /// What stands against it, and what would help.
            pub fn check_among(&self, workspace: &Workspace) -> Result<(), Refusal> {
                match self { $(Self::$name(record) => record.check_among(workspace)),+ }
            }

            /// Whether it may be removed, as far as it is concerned itself.
            ///
            /// # Errors
            /// Why not, and what would help.
            pub fn check_removal(&self) -> Result<(), Refusal> {
                match self { $(Self::$name(record) => record.check_removal()),+ }
            }

            /// A field in words, hidden or not, as one types it; empty when absent or unknown. For forms and merges;
            /// whatever shows, copies or exports asks [`AnyRecord::show`].
            pub fn format_field(&self, field: &str, workspace: &Workspace) -> String {
                match self { $(Self::$name(record) => $name::FIELDS.iter()
                    .find(|known| known.info.name == field)
                    .map(|known| (known.format)(record, workspace))
                    .unwrap_or_default()),+ }
            }

            fn display_field(&self, field: &str, workspace: &Workspace, today: Date) -> String {
                match self { $(Self::$name(record) => $name::FIELDS.iter()
                    .find(|known| known.info.name == field)
                    .map(|known| (known.display)(record, workspace, today))
                    .unwrap_or_default()),+ }
            }

            /// Sets a field from what a person typed.
            ///
            /// # Errors
            /// What the field takes, or the names there are.
            pub fn set_field(&mut self, field: &str, typed: &str, context: ParseContext<'_>) -> Result<(), String> {
                match self { $(Self::$name(record) => match $name::FIELDS.iter().find(|known| known.info.name == field) {
                    Some(known) if known.info.is_editable => (known.parse)(Arc::make_mut(record), typed, context),
                    Some(_) => $crate::model::field::kept_by_the_program(),
                    None => Err(kinds::no_such_field($name::KIND)),
                }),+ }
            }

            /// Whether nothing is stated in a field; true where there is no such field.
            pub fn is_blank(&self, field: &str) -> bool {
                match self { $(Self::$name(record) => $name::FIELDS.iter()
                    .find(|known| known.info.name == field)
                    .is_none_or(|known| (known.is_blank)(record))),+ }
            }

            /// Empties these fields, and takes out what others say of them.
            fn clear(&mut self, fields: &[&'static str]) {
                match self { $(Self::$name(record) => {
                    let record = Arc::make_mut(record);
                    for field in $name::FIELDS {
                        if fields.contains(&field.info.name) {
                            (field.clear)(record);
                        } else {
                            (field.redact)(record, fields);
                        }
                    }
                }),+ }
            }

            /// Takes a field over from another record of its kind.
            fn copy_field(&mut self, from: &Self, field: &str) {
                match (self, from) {
                    $((Self::$name(record), Self::$name(from)) => {
                        for known in $name::FIELDS.iter().filter(|known| known.info.name == field) {
                            (known.copy)(Arc::make_mut(record), from);
                        }
                    })+
                    _ => {}
                }
            }

            /// Hands out its searched texts with the field each counts as.
            pub fn each_text(&self, workspace: &Workspace, each: &mut $crate::model::field::EachText<'_>) {
                match self { $(Self::$name(record) => for field in $name::FIELDS {
                    (field.each_text)(record, field.info.search, workspace, each);
                }),+ }
            }

            /// Hands out the texts of one field that are searched.
            pub fn each_text_of(
                &self, field: &FieldInfo, workspace: &Workspace, each: &mut $crate::model::field::EachText<'_>,
            ) {
                match self { $(Self::$name(record) => {
                    for known in $name::FIELDS.iter().filter(|known| known.info.name == field.name) {
                        (known.each_text)(record, known.info.search, workspace, each);
                    }
                }),+ }
            }

            /// Hands out every reference with the field that holds it.
            pub fn each_reference(&self, each: &mut dyn FnMut(&'static FieldInfo, Id)) {
                match self { $(Self::$name(record) => for field in $name::FIELDS {
                    (field.each_reference)(record, &mut |id| each(&field.info, id));
                }),+ }
            }

            /// The record with `new` wherever `old` stands: as its own id, and where it refers to one.
            #[must_use]
            pub fn with_id_replaced(mut self, old: Id, new: Id) -> Self {
                match &mut self { $(Self::$name(record) => {
                    let record = Arc::make_mut(record);
                    if record.id == old {
                        record.id = new;
                    }
                    for field in $name::FIELDS {
                        (field.replace_reference)(record, old, new);
                    }
                }),+ }
                self
            }

            /// Whether a word of `is:` holds for it; `None` where its kind does not know the word.
            pub fn is(&self, word: &str, workspace: &Workspace, today: Date) -> Option<bool> {
                match self { $(Self::$name(record) => $name::STATES.iter()
                    .find(|state| state.word == word)
                    .map(|state| (state.holds)(record, workspace, today))),+ }
            }

            /// Three-way merge of records of one kind; see [`merge`].
            pub(crate) fn merge_fields(
                base: &Self, ours: &Self, theirs: &Self, ours_wins: bool,
            ) -> Option<(Self, Vec<&'static str>)> {
                match (base, ours, theirs) {
                    $( (Self::$name(base), Self::$name(ours), Self::$name(theirs)) => {
                        let (merged, lost) = $name::merge(base, ours, theirs, ours_wins);
                        Some((Self::$name(Arc::new(merged)), lost))
                    } )+
                    _ => None,
                }
            }

            /// The names of the fields in which the two differ; the stamp is no field.
            pub fn differing(&self, other: &Self) -> Vec<&'static str> {
                match (self, other) {
                    $( (Self::$name(one), Self::$name(other)) => one.differing(other), )+
                    _ => Vec::new(),
                }
            }
        }

        $(impl From<$name> for AnyRecord {
            fn from(record: $name) -> Self {
                Self::$name(Arc::new(record))
            }
        })+

        $(impl<'a> TryFrom<&'a AnyRecord> for &'a $name {
            type Error = ();
            fn try_from(record: &'a AnyRecord) -> Result<Self, ()> {
                match record {
                    AnyRecord::$name(record) => Ok(record),
                    _ => Err(()),
                }
            }
        })+

        impl Serialize for AnyRecord {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$name(record) => record.serialize(to)),+ }
            }
        }

        /// Everything a partnership knows: every collection.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Workspace { $( $(#[$doc])* pub $plural: Collection<$name>, )+ }

        impl Workspace {
            /// The record with this id, of whatever kind.
            pub fn get(&self, id: Id) -> Option<AnyRecord> {
                match id.letter() {
                    $( $letter => self.$plural.get(id).cloned().map(AnyRecord::$name), )+
                    _ => None,
                }
            }

            /// All records of a kind, in the order of their ids.
            pub fn iter(&self, kind: Kind) -> Box<dyn Iterator<Item = AnyRecord> + '_> {
                match kind { $(Kind::$name => Box::new(self.$plural.iter().cloned().map(AnyRecord::$name))),+ }
            }

            /// How many records of a kind there are.
            pub fn count(&self, kind: Kind) -> usize {
                match kind { $(Kind::$name => self.$plural.len()),+ }
            }

            /// Puts a record in its place, or takes the one with this id away. Only [`Workspace::apply`] and the
            /// loading of files do this; everything else goes through a [`Change`].
            pub fn place(&mut self, id: Id, record: Option<AnyRecord>) {
                match record {
                    $( Some(AnyRecord::$name(record)) => self.$plural.place(id, Some(record)), )+
                    None => match id.letter() {
                        $( $letter => self.$plural.place(id, None), )+
                        _ => {}
                    },
                }
            }
        }
    };
}
pub(super) use kinds;

impl Kind {
    /// The kind a word means, in singular or plural.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        Self::ALL.iter().copied().find(|kind| word == kind.plural() || word == kind.singular())
    }

    /// Its name for one, with the indefinite article: "a service", "an organisation".
    pub fn with_article(self) -> String {
        let article = if self.singular().starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        format!("{article} {}", self.singular())
    }

    /// The kind of an id.
    pub fn of(id: Id) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.letter() == id.letter())
    }

    /// The fields that people edit, in the order of the form.
    pub fn editable_fields(self) -> impl Iterator<Item = &'static FieldInfo> {
        self.fields().filter(|field| field.is_editable)
    }

    /// The field with this name.
    pub fn field(self, name: &str) -> Option<&'static FieldInfo> {
        self.fields().find(|field| field.name == name)
    }

    /// The field that somebody means who writes `convener` for `conveners`, or `note-taker` for `note_taker`.
    pub fn field_meant(self, typed: &str) -> Option<&'static FieldInfo> {
        let name = typed.trim().to_lowercase().replace('-', "_");
        let plural = format!("{name}s");
        let holds_many = |field: &FieldInfo| {
            matches!(
                field.field_type,
                FieldType::References(_) | FieldType::Rows(_) | FieldType::Words | FieldType::Some(_)
            )
        };
        self.field(&name).or_else(|| self.fields().find(|field| field.name == plural && holds_many(field)))
    }

    /// The columns of its lists besides the title: those of its fields, then those it computes.
    pub fn columns(self) -> Vec<Column> {
        let fields = self.fields().filter_map(|field| Some(Column::of(field, field.column?)));
        fields.chain(self.computed_columns().iter().copied()).collect()
    }

    /// What `moot list` says of each of its records besides id and title.
    pub fn listed_columns(self) -> Vec<Column> {
        let columns = self.columns();
        if self.listed().is_empty() {
            return columns;
        }
        let named = |name: &&'static str| {
            let column = columns.iter().find(|column| column.name == *name).copied();
            column.or_else(|| self.field(name).map(|field| Column::of(field, 0)))
        };
        self.listed().iter().filter_map(named).collect()
    }

    /// The filters of its lists: those it declares, those of its fields, and `is:` where it knows words for that.
    pub fn filters(self) -> Vec<FilterInfo> {
        let mut filters = self.declared_filters().to_vec();
        let fields = self.fields().filter_map(|field| Some(FilterInfo { name: field.filter?, help: field.hint }));
        filters.extend(fields);
        if !self.states().is_empty() && !filters.iter().any(|filter| filter.name == "is:") {
            filters.push(FilterInfo { name: "is:", help: "a state" });
        }
        filters
    }

    /// Whether a record of it can refer to one of a kind with one of these letters.
    pub(super) fn refers_to_any(self, letters: &HashSet<char>) -> bool {
        self.fields().any(|field| refers_to_any(field, letters))
    }
}

fn refers_to_any(field: &FieldInfo, letters: &HashSet<char>) -> bool {
    match field.field_type {
        FieldType::Reference(kind) | FieldType::References(kind) => letters.contains(&kind.letter()),
        FieldType::Rows(columns) => columns.iter().any(|column| refers_to_any(column, letters)),
        _ => false,
    }
}

/// The error for a field that a kind does not have.
pub(super) fn no_such_field(kind: Kind) -> String {
    let names: Vec<_> = kind.editable_fields().map(|field| field.name).collect();
    format!("{} has no such field; it has: {}", kind.with_article(), names.join(", "))
}

impl AnyRecord {
    /// What people call it, as far as it can be told without the other records: for where there are none at hand.
    pub fn title_alone(&self) -> String {
        self.title(&Workspace::default()).into_owned()
    }

    /// Whether a field is not for this audience, whatever it holds.
    pub fn is_hidden(&self, field: &FieldInfo, audience: Audience, workspace: &Workspace) -> bool {
        !field.visibility.admits(audience)
            || field.hidden_if.is_some_and(|hidden| (hidden.test)(self, audience, workspace))
    }

    /// A field as an audience may see it: the one way from a record to whatever is shown, printed, copied, compared or
    /// exported.
    pub fn show(&self, field: &FieldInfo, wording: Wording, audience: Audience, workspace: &Workspace) -> Shown {
        if !self.is_hidden(field, audience, workspace) {
            return Shown::Value(match wording {
                Wording::Typed => self.format_field(field.name, workspace),
                Wording::Read(today) => self.display_field(field.name, workspace, today),
            });
        }
        match field.hidden_if {
            Some(hidden) if !self.is_blank(field.name) => Shown::Hidden(hidden.placeholder),
            _ => Shown::Value(String::new()),
        }
    }

    /// The record as an audience may see it: fields that are not for it are empty. It shares the record where nothing
    /// is hidden.
    #[must_use]
    pub fn visible_to(&self, audience: Audience, workspace: &Workspace) -> Self {
        let hidden: Vec<&'static str> = self
            .kind()
            .fields()
            .filter(|field| self.is_hidden(field, audience, workspace))
            .map(|field| field.name)
            .collect();
        let mut visible = self.clone();
        if !hidden.is_empty() {
            visible.clear(&hidden);
        }
        visible
    }
}

impl AnyRecord {
    /// The record with the fields that `audience` did not see in `before`, and could therefore not keep, as they were;
    /// one that was given a value all the same has it.
    #[must_use]
    pub fn with_unseen_fields_of(mut self, before: &Self, audience: Audience, workspace: &Workspace) -> Self {
        let unseen = self.kind().fields().filter(|field| before.is_hidden(field, audience, workspace));
        for field in unseen.filter(|field| self.is_blank(field.name)).collect::<Vec<_>>() {
            self.copy_field(before, field.name);
        }
        self
    }
}

impl AnyRecord {
    /// Hands out what else the record is called besides its title: other names, initials.
    pub fn each_alias(&self, workspace: &Workspace, each: &mut dyn FnMut(&str)) {
        for field in self.kind().fields().filter(|field| field.search == Some(SearchField::Alias)) {
            self.each_text_of(field, workspace, &mut |_, text| each(text));
        }
    }

    /// Takes over what somebody made of a field of `base`, merged with what others have made of it in this record since.
    /// Where both changed one value, `typed` has the last word: its author saw the other.
    pub fn merge_field(&mut self, base: &Self, typed: &Self, field: &str) {
        if let Some((merged, _)) = Self::merge_fields(base, typed, self, true) {
            self.copy_field(&merged, field);
        }
    }
}

impl Workspace {
    /// The records that answer to what somebody types: 17.2, initials, a name.
    pub fn called(&self, typed: &str) -> Vec<AnyRecord> {
        let wanted = one_line(typed).to_lowercase();
        let all = Kind::ALL.iter().filter(|kind| kind.is_resident()).flat_map(|kind| self.iter(*kind));
        all.filter(|record| record.answers_to(&wanted, self)).collect()
    }

    /// The partnership's own record, if the workspace has one.
    pub fn itself(&self) -> Option<&Arc<Partnership>> {
        self.partnership.iter().next()
    }

    /// All records of a kind, in the order of their ids.
    pub fn all(&self, kind: Kind) -> Vec<AnyRecord> {
        self.iter(kind).collect()
    }

    /// Applies a change to what is in memory and returns the change that undoes it.
    ///
    /// Where a record is no longer what the change began from, the two are merged field by field, just as the files
    /// will be: a colleague's edit that arrived in between stays.
    pub fn apply(&mut self, change: &Change) -> Change {
        let mut undo = Vec::with_capacity(change.edits.len());
        for edit in &change.edits {
            let now = self.get(edit.id());
            let merged = merge::merge(edit.before(), edit.after(), now.as_ref()).record;
            self.place(edit.id(), merged.clone());
            undo.extend(Edit::new(merged, now));
        }
        undo.reverse();
        Change { edits: undo, sentence: change.sentence.clone() }
    }
}

//! The list of kinds, and everything that works on all kinds alike, written here once: a record of any kind, the
//! workspace that holds them all, and one function for each question that can be asked of a field of any record.

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

            /// Whether its records are for their author alone.
            pub fn is_private(self) -> bool {
                match self { $(Kind::$name => $name::IS_PRIVATE),+ }
            }

            /// Whether ids of its records are drawn by chance, and do not follow from what a record says.
            pub fn has_drawn_ids(self) -> bool {
                match self { $(Kind::$name => $name::HAS_DRAWN_ID),+ }
            }

            /// The parts of its form; empty: the form has no parts.
            pub fn form(self) -> &'static [$crate::model::record::Section] {
                match self { $(Kind::$name => $name::FORM),+ }
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

            /// What it is ordered by where nothing else is asked.
            pub fn order<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
                match self { $(Self::$name(record) => record.order(workspace)),+ }
            }

            /// What somebody should know of it among the others.
            pub fn warnings(&self, workspace: &Workspace) -> Vec<String> {
                match self { $(Self::$name(record) => record.warnings(workspace)),+ }
            }

            /// What lists say in brackets behind the title.
            pub fn suffix(&self, today: Date) -> Option<Cow<'_, str>> {
                match self { $(Self::$name(record) => record.suffix(today)),+ }
            }

            /// Whether lists dim it.
            pub fn is_set_back(&self, today: Date) -> bool {
                match self { $(Self::$name(record) => record.is_set_back(today)),+ }
            }

            /// What it has to do with a record to which a field of it refers, in a few words.
            pub fn relation(&self, field: &str, to: Id, today: Date) -> Option<String> {
                match self { $(Self::$name(record) => record.relation(field, to, today)),+ }
            }

            pub(super) fn answers_to(&self, typed: &str, workspace: &Workspace) -> bool {
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

            /// Writes down what its kind keeps of an edit.
            fn revise(&mut self, before: &AnyRecord, author: &Author) {
                match (self, before) {
                    $((Self::$name(record), AnyRecord::$name(before)) => Arc::make_mut(record).revise(before, author),)+
                    _ => {}
                }
            }

            /// Writes down what its kind keeps of what it was.
            pub(super) fn keep(&mut self, before: &AnyRecord) {
                match (self, before) {
                    $((Self::$name(record), AnyRecord::$name(before)) => Arc::make_mut(record).keep(before),)+
                    _ => {}
                }
            }

            /// Fills in what a new record leaves out and the others tell.
            fn complete(&mut self, workspace: &Workspace) {
                match self { $(Self::$name(record) => Arc::make_mut(record).complete(workspace)),+ }
            }

            /// Writes down who added it, where its kind keeps that.
            fn sign(&mut self, author: &Author) {
                match self { $(Self::$name(record) => Arc::make_mut(record).sign(author)),+ }
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
                    Some(known) if known.info.is_editable => {
                        let record = Arc::make_mut(record);
                        (known.parse)(record, typed, context)?;
                        record.stated(known.info.name);
                        Ok(())
                    }
                    Some(_) => $crate::model::field::kept_by_the_program(),
                    None => Err(kind::no_such_field($name::KIND)),
                }),+ }
            }

            /// Writes down that a person states a field.
            pub(crate) fn state(&mut self, field: &str) {
                match self { $(Self::$name(record) => Arc::make_mut(record).stated(field)),+ }
            }

            /// What is said beside a field whose value was read from a text and stated by nobody.
            pub fn unstated(&self, field: &str) -> Option<&'static str> {
                match self { $(Self::$name(record) => record.unstated(field)),+ }
            }

            /// The word that a table has in place of a value on which a person is to decide.
            pub fn open_word(&self, field: &str) -> Option<&'static str> {
                match self { $(Self::$name(record) => record.open_word(field)),+ }
            }

            /// Takes that word for a field; whether it is one.
            pub fn take_open_word(&mut self, field: &str, word: &str) -> bool {
                match self { $(Self::$name(record) => Arc::make_mut(record).take_open_word(field, word)),+ }
            }

            /// Whether nothing is stated in a field; true where there is no such field.
            pub fn is_blank(&self, field: &str) -> bool {
                match self { $(Self::$name(record) => $name::FIELDS.iter()
                    .find(|known| known.info.name == field)
                    .is_none_or(|known| (known.is_blank)(record))),+ }
            }

            /// Empties these fields, and takes out what others say of them.
            pub fn clear(&mut self, fields: &[&'static str]) {
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
                match self { $(Self::$name(record) => {
                    for field in $name::FIELDS {
                        (field.each_text)(record, field.info.search, workspace, each);
                    }
                    if let Some(code) = record.code(workspace) {
                        each(SearchField::Alias, &code);
                    }
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
        pub struct Workspace {
            $( $(#[$doc])* pub $plural: Collection<$name>, )+
            /// What follows from the meetings.
            days: $crate::model::forum::Days,
        }

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
                if id.letter() == Kind::Meeting.letter() {
                    self.days = $crate::model::forum::Days::default();
                }
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

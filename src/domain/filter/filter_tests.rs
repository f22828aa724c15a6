use proptest::prelude::*;

use super::*;

fn id(number: i64) -> SessionId {
    SessionId::new(number).unwrap()
}

fn range(first: i64, last: i64) -> IdRange {
    IdRange::new(id(first), id(last)).unwrap()
}

fn name(text: &str, exact: bool) -> Name {
    Name { text: text.to_owned(), exact }
}

fn word(text: &str) -> Test {
    Test::Word(Word::typed(text))
}

fn quoted(text: &str) -> Test {
    Test::Word(Word::quoted(text))
}

/// Texts with the only term that they hold.
#[test]
fn every_form_of_a_term_is_read() {
    let over = |compare, seconds| Test::Age(Age::new(compare, seconds));
    let table = [
        ("light", word("light")),
        ("215", word("215")),
        ("\"215\"", quoted("215")),
        ("\"of the word\"", quoted("of the word")),
        ("10:30", word("10:30")),
        ("it's\"x", word("it's\"x")),
        ("\"a \\\"b\\\" \\\\\"", quoted("a \"b\" \\")),
        ("\"not closed", quoted("not closed")),
        ("id:215", Test::Id(vec![range(215, 215)])),
        ("ID:1,5,9-12", Test::Id(vec![range(1, 1), range(5, 5), range(9, 12)])),
        ("status:active", Test::Status(name("active", false))),
        ("status:=Active", Test::Status(name("Active", true))),
        ("status:\"on hold\"", Test::Status(name("on hold", false))),
        ("record:none", Test::Record(RecordTest::None)),
        ("record:ACTIVE", Test::Record(RecordTest::Active)),
        ("record:expired", Test::Record(RecordTest::Expired)),
        ("record:expiring", Test::Record(RecordTest::Expiring)),
        ("record:duplicate", Test::Record(RecordTest::Duplicate)),
        ("by:sato", Test::By(name("sato", false))),
        ("by:=\"R. Sato\"", Test::By(name("R. Sato", true))),
        ("by:=\"\"", Test::By(name("", true))),
        ("age:>90d", over(Compare::Over, 90 * 86_400)),
        ("age:>=36h", over(Compare::AtLeast, 36 * 3600)),
        ("age:<7d", over(Compare::Under, 7 * 86_400)),
        ("age:<=0s", over(Compare::AtMost, 0)),
    ];
    for (text, test) in table {
        assert_eq!(Filter::parse(text), Ok([test.clone()].into_iter().collect()), "{text}");
        let turned = Filter { terms: vec![Term { negated: true, test }] };
        assert_eq!(Filter::parse(&format!("-{text}")), Ok(turned), "-{text}");
    }
}

#[test]
fn a_number_may_be_an_id_unless_it_is_quoted() {
    let parts = |word: &Word| (word.text().to_owned(), word.id().map(SessionId::get));
    assert_eq!(parts(&Word::typed("215")), ("215".to_owned(), Some(215)));
    assert_eq!(parts(&Word::typed("light")), ("light".to_owned(), None));
    assert_eq!(parts(&Word::quoted("215")), ("215".to_owned(), None));
}

#[test]
fn terms_stand_between_blanks_and_keep_their_order() {
    let filter = Filter::parse("  Review\u{3000}-record:none -\"two words\"by:sato ").unwrap();
    assert_eq!(filter.to_string(), "Review -record:none -\"two words\" by:sato");
    assert_eq!(Filter::words("a:b -c \"d").to_string(), "\"a:b\" \"-c\" \"\\\"d\"");
}

#[test]
fn what_asks_nothing_yet_is_no_term() {
    for text in ["", "  ", "-", "\"\"", "-\"\"", "\"", "- \""] {
        assert!(Filter::parse(text).unwrap().is_empty(), "{text}");
    }
}

#[test]
fn a_wrong_word_is_named_with_its_place_and_what_would_be_right() {
    let table = [
        ("light record:nonsense", "nonsense", "`record:` takes none, active, expired, expiring, duplicate"),
        ("record:", "record:", "`record:` takes none, active, expired, expiring, duplicate"),
        ("-record: x", "-record:", "`record:` takes none, active, expired, expiring, duplicate"),
        (
            "知識 recrod:none",
            "recrod:",
            "there is no `recrod:`; did you mean `record:`? Quotes search the title for it",
        ),
        ("-agge:>9d", "agge:", "there is no `agge:`; did you mean `age:`? Quotes search the title for it"),
        (
            "topic:light",
            "topic:",
            "there is no `topic:`; the keys are id:, status:, record:, by: and age:. Quotes search the title for it",
        ),
        ("id:9-1", "9-1", "`id:` takes ids and ranges of ids, such as id:215, id:1,5,9 or id:100-200"),
        ("id:0", "0", "`id:` takes ids and ranges of ids, such as id:215, id:1,5,9 or id:100-200"),
        ("id:1,,2", "1,,2", "`id:` takes ids and ranges of ids, such as id:215, id:1,5,9 or id:100-200"),
        ("status:", "status:", "`status:` takes a status, such as status:active"),
        ("by:\"\" x", "\"\"", "`by:` takes a part of a name, such as by:sato"),
        ("by:=", "=", "`by:` takes a part of a name, such as by:sato"),
        ("age:90d", "90d", "`age:` takes >, >=, < or <= and a duration, such as age:>90d or age:<12h"),
        ("age:=>9d", "=>9d", "`age:` takes >, >=, < or <= and a duration, such as age:>90d or age:<12h"),
        ("age:>999y", ">999y", "`age:` takes >, >=, < or <= and a duration, such as age:>90d or age:<12h"),
    ];
    for (text, wrong, sentence) in table {
        let error = Filter::parse(text).unwrap_err();
        assert_eq!((error.word(text), error.to_string().as_str()), (wrong, sentence), "{text}");
    }
}

fn known() -> Known {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Known { statuses: texts(&["Active", "On hold"]), makers: texts(&["R. Sato", "ada"]) }
}

/// What a text with `|` for the cursor can become.
fn ways(marked: &str) -> Vec<String> {
    let (head, tail) = marked.split_once('|').unwrap();
    let text = format!("{head}{tail}");
    let put_in = |candidate: Candidate| {
        let (text, cursor) = candidate.put_into(&text);
        format!("{}|{}", &text[..cursor], &text[cursor..])
    };
    complete(&text, head.len(), &known()).into_iter().map(put_in).collect()
}

#[test]
fn keys_and_values_are_completed_at_the_cursor() {
    let table: [(&str, &[&str]); 17] = [
        ("|", &["id:|", "status:|", "record:|", "by:|", "age:|"]),
        ("light | x", &["light id:| x", "light status:| x", "light record:| x", "light by:| x", "light age:| x"]),
        ("st|", &["status:|"]),
        ("-re|", &["-record:|"]),
        ("r|ec", &["record:|"]),
        ("rec|:none", &["record:|none"]),
        ("record:ex|", &["record:expired|", "record:expiring|"]),
        ("x record:no|thing y", &["x record:none| y"]),
        ("status:|", &["status:Active|", "status:\"On hold\"|"]),
        ("status:on|", &["status:\"On hold\"|"]),
        ("status:=A|", &["status:=Active|"]),
        ("by:\"r.|", &["by:\"R. Sato\"|"]),
        ("age:|", &["age:>90d|", "age:<7d|"]),
        ("age:<|", &["age:<7d|"]),
        ("id:|", &[]),
        ("知|", &[]),
        ("|light", &[]),
    ];
    for (text, expected) in table {
        assert_eq!(ways(text), expected, "{text}");
    }
}

#[test]
fn a_word_of_record_is_offered_with_what_it_means() {
    let about: Vec<&str> = complete("record:e", 8, &known()).into_iter().map(|offered| offered.about).collect();
    assert_eq!(about, ["a current record that has expired", "a current record that expires within seven days"]);
}

fn any_name() -> impl Strategy<Value = Name> {
    prop_oneof![
        "[ \"\\\\:=a-cX-]{0,6}".prop_map(|text| Name { text, exact: true }),
        "[ \"\\\\:=a-cX-]{1,6}".prop_map(|text| Name { text, exact: false }),
    ]
}

fn any_test() -> impl Strategy<Value = Test> {
    let ids = prop::collection::vec((1..i64::MAX, 1..i64::MAX), 1..4);
    let ids = ids.prop_map(|pairs| pairs.into_iter().map(|(a, b)| range(a.min(b), a.max(b))).collect());
    let compare = prop::sample::select(Compare::ALL.map(|(compare, _)| compare).to_vec());
    prop_oneof![
        "[\"\\\\:=a-z0-9知-]{1,8}".prop_map(|text| word(&text)),
        "[ \"\\\\:=a-z0-9知-]{1,8}".prop_map(|text| quoted(&text)),
        ids.prop_map(Test::Id),
        any_name().prop_map(Test::Status),
        any_name().prop_map(Test::By),
        prop::sample::select(RecordTest::ALL.to_vec()).prop_map(Test::Record),
        (compare, any::<u32>()).prop_map(|(compare, seconds)| Test::Age(Age::new(compare, seconds))),
    ]
}

fn any_filter() -> impl Strategy<Value = Filter> {
    let term = (any::<bool>(), any_test()).prop_map(|(negated, test)| Term { negated, test });
    prop::collection::vec(term, 0..5).prop_map(|terms| Filter { terms })
}

proptest! {
    #[test]
    fn a_filter_reads_back_as_it_is_written(filter in any_filter()) {
        prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter));
    }

    #[test]
    fn any_text_is_read_or_its_wrong_word_is_found(text in "([a-e:\"=<>\\\\知 -]|id:|record:|age:|by:|status:){0,12}") {
        match Filter::parse(&text) {
            Ok(filter) => prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter)),
            Err(error) => prop_assert!(!error.word(&text).is_empty(), "{error:?}"),
        }
    }

    #[test]
    fn any_completion_fits_into_its_text(text in "([a-e:\"=知 -]|record:|by:|status:){0,8}", cursor in 0..40_usize) {
        for candidate in complete(&text, cursor, &known()) {
            prop_assert!(text.get(candidate.span.clone()).is_some(), "{candidate:?}");
            prop_assert!(candidate.put_into(&text).0.contains(&candidate.text));
        }
    }
}

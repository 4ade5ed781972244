//! Answers as survey tools export them.

use sea_orm::{ConnectionTrait, TransactionTrait};
use valuemap_tests::Engine;

use crate::records::{expect, run, texts};
use crate::{World, on_both_databases};

on_both_databases!(
    the_parts_of_a_grid_are_questions_of_their_own,
    headers_of_several_rows_are_no_answers,
    labels_gaps_and_dates_are_read,
    the_same_answer_is_known_whatever_else_the_file_holds,
    a_respondent_answers_once_a_quarter,
    previews_spam_and_unfinished_answers_are_left_out_whatever_is_left_of_the_header,
    the_zone_that_a_file_says_is_used,
    a_second_wave_by_a_given_date_is_told_from_the_same_file,
    a_file_is_looked_at_and_its_command_proposed,
    a_preview_waits_for_nobody_who_writes,
);

/// Runs `valuemap import responses` into a survey of this name on a file of this content.
async fn import(world: &World, survey: &str, content: &str, arguments: &[&str]) -> (bool, String) {
    std::fs::write(world.scratch.folder().join("answers.csv"), content).unwrap();
    let all = ["import", "responses", "answers.csv", "--community", &world.community, "--survey", survey];
    run(world, &[&all[..], arguments].concat()).await
}

async fn load(world: &World, survey: &str, content: &str, arguments: &[&str]) -> String {
    let (fine, said) = import(world, survey, content, &[arguments, &["--load"]].concat()).await;
    assert!(fine, "{said}");
    said
}

const ANSWERS: &str = "SELECT question || ' ' || REPLACE(CAST(value AS TEXT), ' ', '') FROM answer ORDER BY 1";

async fn the_parts_of_a_grid_are_questions_of_their_own(engine: Engine) {
    let world = World::new(engine).await;
    let grid = "How much do you agree with these statements about our user community?";
    let file = format!(
        "Timestamp,Email Address,{grid} [I learn how it works],{grid} [I see what others do],Anything else?\n\
         2026/03/05 2:20:05 PM GMT+1,kim@example.org,4,5,Great\n2026/03/05 3:20:05 PM GMT+1,lou@example.org,3,2,\n"
    );
    let whole = format!("{grid} [I see what others do]=agreement:5");
    let maps = ["--map", "Timestamp=date", "Email Address=respondent", "I learn how it works=agreement:5", &whole];
    let said = load(&world, "Form", &file, &maps).await;
    expect(&said, &["2 responses loaded", "  i_learn_how_it_works_", "  i_see_what_others_do_"]);
    // The order of columns and of what they are mapped to changes nothing.
    let turned = ["--map", &whole, "Email Address=respondent", "I learn how it works=agreement:5", "Timestamp=date"];
    let (_, said) = import(&world, "Form", &file, &turned).await;
    assert!(said.contains("i_learn_how_it_works_"), "{said}");
    let japanese = "id,\u{88fd}\u{54c1}\u{306e}\u{77e5}\u{8b58},\u{4ef2}\u{9593}\u{306e}\u{5de5}\u{592b}\n1,4,5\n";
    let maps = ["--map", "#2=agreement:5", "#3=agreement:5", "--date", "2026-03-01"];
    expect(&load(&world, "Japanese", japanese, &maps).await, &["1 responses loaded"]);
}

async fn headers_of_several_rows_are_no_answers(engine: Engine) {
    let world = World::new(engine).await;
    let qualtrics = "RecordedDate,Status,Finished,ResponseId,Q1,Q2\n\
        Recorded Date,Response Type,Finished,Response ID,I learn from others,How likely\n\
        \"{\"\"ImportId\"\":\"\"recordedDate\"\"}\",\"{\"\"ImportId\"\":\"\"status\"\"}\",\"{}\",\"{}\",\"{}\",\"{}\"\n\
        2026-03-05 10:03:01,IP Address,True,R_1,4,9\n2026-03-05 11:03:01,Survey Preview,True,R_2,1,0\n\
        2026-03-06 11:03:01,IP Address,False,R_3,-99,8\n";
    let maps = ["--map", "RecordedDate=date", "ResponseId=respondent", "Q1=agreement:5", "How likely=recommendation"];
    let (fine, said) = import(&world, "Q", qualtrics, &maps).await;
    assert!(fine, "{said}");
    expect(
        &said,
        &[
            "Skipped 1: it is a preview or a test of the survey",
            "Answers that were not finished, which count (--finished-only leaves them out): 1",
            "2 responses to load",
            "q1: 1 answers",
        ],
    );
    let said = load(&world, "Q", qualtrics, &[&maps[..], &["--finished-only"]].concat()).await;
    expect(&said, &["Skipped 1: the answer was not finished", "1 responses loaded"]);
    assert_eq!(texts(&world, ANSWERS).await, ["q1 {\"number\":4}", "q2 {\"number\":9}"]);

    let monkey = "Respondent ID,Collector ID,End Date,How much?,,What?,\n,,,I learn,I see,Forum,Other (please specify)\n\
                  118,42,03/05/2026 10:05:00 AM,4,5,Forum,\n119,42,03/05/2026 11:05:00 AM,2,4,,Slack\n";
    let maps = ["--map", "End Date=date", "Respondent ID=respondent", "How much? [I learn]=agreement:5"];
    let more = ["I see=agreement:5", "--date-format", "MM/DD/YYYY"];
    expect(
        &load(&world, "S", monkey, &[&maps[..], &more].concat()).await,
        &["2 responses loaded", "answers.csv: 2 rows"],
    );
}

async fn labels_gaps_and_dates_are_read(engine: Engine) {
    let world = World::new(engine).await;
    let file = "When,Q1,Q2\n3/5/2026 14:20,5 - Strongly agree,N/A\n3/6/2026 9:00,Agree,5.00\n3/6/2026 9:00,-,Agree\n";
    let maps = ["--map", "When=date", "Q1=agreement:5", "Q2=agreement:5", "--date-format", "MM/DD/YYYY"];
    let (fine, said) = import(&world, "Labels", file, &maps).await;
    assert!(!fine, "{said}");
    expect(&said, &["line 3: Q1: `Agree` is not a whole number; say which one it means, such as --value \"Agree=4\""]);
    let said = load(&world, "Labels", file, &[&maps[..], &["--value", "Agree=4"]].concat()).await;
    expect(
        &said,
        &[
            "q1: `5 - Strongly agree` is 5: 1",
            "q2: `Agree` is 4: 1",
            "Times without an offset, taken as UTC (--time-zone says otherwise): 3",
            "3 responses loaded",
        ],
    );
    assert_eq!(
        texts(&world, ANSWERS).await,
        ["q1 {\"number\":4}", "q1 {\"number\":5}", "q2 {\"number\":4}", "q2 {\"number\":5}"]
    );
    let days = texts(&world, "SELECT CAST(day AS TEXT) FROM response ORDER BY 1").await;
    assert_eq!(days, ["2026-03-05", "2026-03-06", "2026-03-06"]);
}

async fn the_same_answer_is_known_whatever_else_the_file_holds(engine: Engine) {
    let world = World::new(engine).await;
    let maps = ["--map", "When=date", "Q1=agreement:5"];
    load(&world, "Wave", "When,Q1\n2026-03-05,4\n2026-03-05,4\n", &maps).await;
    for file in [
        "When,Q1,Tags\n2026-03-05,4,\n2026-03-05,4,vip\n",
        "Q1,Why?,When,Why?\n4,a,2026-03-05,b\n4,c,2026-03-05,d\n",
        "When,Q1,Tags\n2026-03-05,4,x\n2026-03-05,4,y\n2026-03-06,5,z\n",
    ] {
        let said = load(&world, "Wave", file, &maps).await;
        expect(&said, &["2 were loaded before"]);
    }
    assert_eq!(texts(&world, "SELECT CAST(day AS TEXT) FROM response").await.len(), 3);
    // It is known by these columns from now on, whatever is mapped.
    let (fine, said) =
        import(&world, "Wave", "When,Score\n2026-03-05,4\n", &["--map", "When=date", "Score=agreement:5"]).await;
    assert!(!fine && said.contains("rows of this survey are known by the column `Q1`"), "{said}");
}

async fn a_respondent_answers_once_a_quarter(engine: Engine) {
    let world = World::new(engine).await;
    let maps = ["--map", "When=date", "Email=respondent", "Q1=agreement:5"];
    let waves = "When,Email,Q1\n2026-03-05,kim@example.org,4\n2026-06-05,kim@example.org,5\n";
    expect(&load(&world, "Waves", waves, &maps).await, &["2 responses loaded"]);
    expect(&load(&world, "Waves", waves, &maps).await, &["0 responses loaded, 2 were loaded before"]);
    let twice = "When,Email,Q1\n2026-03-05,lou@example.org,4\n2026-03-06,lou@example.org,5\n";
    let (fine, said) = import(&world, "Waves", twice, &maps).await;
    assert!(!fine, "{said}");
    expect(
        &said,
        &["line 3: the respondent `lou@example.org` stands in the file twice within 2026-Q1, on line 2, too"],
    );
}

async fn previews_spam_and_unfinished_answers_are_left_out_whatever_is_left_of_the_header(engine: Engine) {
    let world = World::new(engine).await;
    let names = "Status,Progress,Finished,RecordedDate,ResponseId,Q1\n";
    let texts = "Response Type,Progress,Finished,Recorded Date,Response ID,I learn from others\n";
    let ids = "\"{\"\"ImportId\"\":\"\"status\"\"}\",{},{},{},{},{}\n";
    let words = "IP Address,100,True,2026-03-05 10:00,R_1,4\nSurvey Preview,100,True,2026-03-05 10:00,R_2,1\n\
                 Spam,100,True,2026-03-05 10:00,R_3,1\nIP Address,40,False,,R_4,5\n";
    let numbers = "0,100,1,2026-03-05 10:00,R_1,4\n1,100,1,2026-03-05 10:00,R_2,1\n8,100,1,2026-03-05 10:00,R_3,1\n\
                   0,40,0,,R_4,5\n";
    let german = words.replace("True", "WAHR").replace("False", "FALSCH");
    for (index, file) in [
        format!("{names}{texts}{ids}{numbers}"),
        format!("{names}{texts}{words}"),
        format!("{names}{numbers}"),
        format!("{texts}{german}"),
    ]
    .iter()
    .enumerate()
    {
        let question = if file.starts_with("Status") { "Q1=agreement:5" } else { "I learn from others=agreement:5" };
        let maps = ["--map", "#4=date", "#5=respondent", question];
        let survey = format!("Q{index}");
        let (fine, said) = import(&world, &survey, file, &maps).await;
        assert!(!fine, "{said}");
        expect(&said, &["the row does not say when it was answered", "--finished-only leaves such rows out"]);
        let said = load(&world, &survey, file, &[&maps[..], &["--finished-only"]].concat()).await;
        expect(
            &said,
            &[
                "Skipped 1: it is a preview or a test of the survey",
                "Skipped 1: the survey tool took it for spam",
                "Skipped 1: the answer was not finished",
                "1 responses loaded",
            ],
        );
    }
    let maps = ["--map", "Q1=agreement:5", "--date", "2026-03-01", "--finished-only"];
    let (fine, said) = import(&world, "Plain", "Q1\n4\n", &maps).await;
    assert!(!fine && said.contains("no column of the file says which answers were finished"), "{said}");
}

async fn the_zone_that_a_file_says_is_used(engine: Engine) {
    let world = World::new(engine).await;
    let days = "SELECT CAST(day AS TEXT) FROM response ORDER BY received_at";
    let noted = "RecordedDate,Q1\nRecorded Date,I learn\n\
        \"{\"\"ImportId\"\":\"\"recordedDate\"\",\"\"timeZone\"\":\"\"America/Denver\"\"}\",{}\n2026-03-31 22:00,5\n";
    let said = load(&world, "Noted", noted, &["--map", "RecordedDate=date", "Q1=agreement:5"]).await;
    expect(&said, &["Times of `RecordedDate` without an offset are in America/Denver, as the file says"]);
    assert_eq!(texts(&world, days).await, ["2026-04-01"]);
    let named = "Completed (Europe/Berlin),Q1\n2026-04-01 01:00,5\n";
    let maps = ["--map", "#1=date", "Q1=agreement:5", "--header-line", "1"];
    load(&world, "Named", named, &maps).await;
    assert_eq!(texts(&world, days).await, ["2026-04-01", "2026-03-31"]);
    let (_, said) = import(&world, "Other", named, &[&maps[..], &["--time-zone", "UTC"]].concat()).await;
    expect(&said, &["are in Europe/Berlin, as the file says and not in UTC"]);
    let unclear = named.replace("Europe/Berlin", "IST");
    let (fine, said) = import(&world, "Unclear", &unclear, &maps).await;
    assert!(!fine && said.contains("`IST` is what several zones are called"), "{said}");
}

async fn a_second_wave_by_a_given_date_is_told_from_the_same_file(engine: Engine) {
    let world = World::new(engine).await;
    let maps = ["--map", "Email=respondent", "Q1=agreement:5", "--date"];
    let first = "Email,Q1\nkim@example.org,4\nlou@example.org,5\n";
    let second = "Email,Q1\nkim@example.org,5\nlou@example.org,5\nmax@example.org,3\n";
    let on = async |file: &str, day: &str| load(&world, "Waves", file, &[&maps[..], &[day]].concat()).await;
    expect(&on(first, "2026-03-05").await, &["2 responses loaded"]);
    expect(
        &on(first, "2026-06-05").await,
        &["0 responses loaded, 2 were loaded before", "with a day of another quarter, which stays: 2"],
    );
    expect(
        &on(second, "2026-06-05").await,
        &["3 responses loaded", "Respondents who answered in another quarter, too; these are answers of their own: 2"],
    );
    for (file, day) in [(first, "2026-03-05"), (second, "2026-06-05"), (second, "2026-06-06")] {
        expect(&on(file, day).await, &["0 responses loaded"]);
    }
    let days = texts(&world, "SELECT CAST(day AS TEXT) FROM response ORDER BY 1").await;
    assert_eq!(days, ["2026-03-05", "2026-03-05", "2026-06-05", "2026-06-05", "2026-06-05"]);
    let corrected = "Email,Q1\nkim@example.org,1\n";
    let (fine, said) = import(&world, "Waves", corrected, &[&maps[..], &["2026-06-05"]].concat()).await;
    assert!(!fine && said.contains("line 2: this row was loaded before, with other answers"), "{said}");
}

async fn a_file_is_looked_at_and_its_command_proposed(engine: Engine) {
    let world = World::new(engine).await;
    let grid = "Please say how much you agree: In our community";
    let file = format!(
        "Timestamp,Email Address,{grid} [I learn how the product works],{grid} [I have a say in what is built],\
         Would you recommend it to a friend?,What's missing?\n\
         2026/03/05 2:20:05 PM GMT+1,kim@example.org,Strongly agree,Neutral,9,More of what we had last year\n\
         2026/03/06 2:20:05 PM GMT+1,lou@example.org,Agree,Disagree,7,\n"
    );
    std::fs::write(world.scratch.folder().join("form.csv"), file).unwrap();
    let community = ["--community", world.community.as_str()];
    let (fine, said) = run(&world, &[&["import", "responses", "form.csv"], &community[..]].concat()).await;
    assert!(fine, "{said}");
    let learn = format!("--map '{grid} [I learn how the product works]=agreement:5:product_knowledge'");
    expect(
        &said,
        &[
            "nothing is loaded",
            "valuemap import responses form.csv --community",
            "--survey form",
            "--map 'Timestamp=date'",
            "--map 'Email Address=respondent'",
            &learn,
            "[I have a say in what is built]=agreement:5:roadmap_influence'",
            "--map 'Would you recommend it to a friend?=recommendation'",
            "--map 'What'\\''s missing?=text'",
            "--value 'Strongly agree=5'",
            "--value 'Neutral=3'",
        ],
    );
    // The command is complete: it loads as it stands.
    let command = said.split("valuemap import").nth(1).unwrap().replace("\\\n", " ");
    let (mut arguments, mut is_quoted) = (vec![String::new()], false);
    for part in command.trim().replace("'\\''", "\u{1}").chars() {
        match part {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => arguments.push(String::new()),
            '\u{1}' => arguments.last_mut().unwrap().push('\''),
            other => arguments.last_mut().unwrap().push(other),
        }
    }
    arguments.retain(|argument| !argument.is_empty());
    let all: Vec<&str> = ["import"].into_iter().chain(arguments.iter().map(String::as_str)).chain(["--load"]).collect();
    let (fine, said) = run(&world, &all).await;
    assert!(fine && said.contains("2 responses loaded"), "{said}");
    let (fine, said) = run(&world, &[&["import", "responses", "form.csv", "--load"], &community[..]].concat()).await;
    assert!(!fine && said.contains("nothing says what the columns are"), "{said}");
}

async fn a_preview_waits_for_nobody_who_writes(engine: Engine) {
    let world = World::new(engine).await;
    let connection = world.scratch.connect().await.unwrap();
    let writer = connection.begin().await.unwrap();
    writer.execute_unprepared("UPDATE community SET name = name").await.unwrap();
    let maps = ["--map", "Q1=agreement:5", "--date", "2026-03-01"];
    let (fine, said) = import(&world, "Busy", "Q1\n4\n", &maps).await;
    assert!(fine, "{said}");
    expect(&said, &["1 responses to load", "This was a preview"]);
    writer.rollback().await.unwrap();
}

//! Who may ask for what: every field of the schema's roots and of a community, asked with each right and as a stranger.
//! A field that is new has to be added here, with its right.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use valuemap_tests::{Api, Engine, Scratch, Server, valuemap};

use crate::on_both_databases;

on_both_databases!(
    each_field_takes_its_right,
    one_right_does_not_lead_to_what_takes_another,
    what_is_another_organisation_s_is_not_there,
    a_change_is_in_the_audit_log,
    what_is_revoked_is_good_for_nothing
);

const ALL: [&str; 5] = ["read_figures", "read_answers", "write", "manage", "operate"];
const FIGURES: Option<&str> = Some("read_figures");
const ANSWERS: Option<&str> = Some("read_answers");
const WRITE: Option<&str> = Some("write");
const MANAGE: Option<&str> = Some("manage");
const OPERATE: Option<&str> = Some("operate");
const ANY: Option<&str> = None;

/// Each field and the right that it takes.
const FIELDS: &[(&str, Option<&str>)] = &[
    ("Query.viewer", ANY),
    ("Query.communities", ANY),
    ("Query.community", ANY),
    ("Query.node", ANY),
    ("Query.limits", ANY),
    ("Query.valueMap", FIGURES),
    ("Query.explain", FIGURES),
    ("Query.whatIf", FIGURES),
    ("Query.series", FIGURES),
    ("Query.scoringModels", FIGURES),
    ("Query.scoringModelTemplates", FIGURES),
    ("Query.comparisons", FIGURES),
    ("Query.attributionRuns", FIGURES),
    ("Query.attributionRun", FIGURES),
    ("Query.activityReturns", FIGURES),
    ("Query.breakEven", FIGURES),
    ("Query.conversion", FIGURES),
    ("Query.job", FIGURES),
    ("Query.tokens", OPERATE),
    ("Query.auditLog", OPERATE),
    ("Query.importFormats", ANY),
    ("Community.id", ANY),
    ("Community.name", ANY),
    ("Community.isSample", ANY),
    ("Community.currency", ANY),
    ("Community.createdAt", ANY),
    ("Community.periods", FIGURES),
    ("Community.sites", FIGURES),
    ("Community.surveys", FIGURES),
    ("Community.webhookEndpoints", FIGURES),
    ("Community.jobs", FIGURES),
    ("Community.uploads", WRITE),
    ("Community.followUps", FIGURES),
    ("Community.activityTypes", FIGURES),
    ("Community.activities", FIGURES),
    ("Community.activity", FIGURES),
    ("Community.costs", FIGURES),
    ("Community.exchangeRates", FIGURES),
    ("Community.outcomeWeights", FIGURES),
    ("Community.unlinked", FIGURES),
    ("Community.inbox", ANSWERS),
    ("Community.setAsideAnswers", ANSWERS),
    ("Community.setAsideGroups", ANSWERS),
    ("Community.parties", ANSWERS),
    ("Community.identityLinks", ANSWERS),
    ("Community.touchpoints", ANSWERS),
    ("Community.outcomes", ANSWERS),
    ("Community.supportCases", ANSWERS),
    ("Community.contributions", ANSWERS),
    ("Activity.touchpoints", ANSWERS),
    ("Mutation.recordParties", WRITE),
    ("Mutation.linkIdentities", WRITE),
    ("Mutation.endIdentityLink", WRITE),
    ("Mutation.restoreIdentityLink", WRITE),
    ("Mutation.saveActivityTypes", WRITE),
    ("Mutation.saveActivities", WRITE),
    ("Mutation.recordCosts", WRITE),
    ("Mutation.recordTouchpoints", WRITE),
    ("Mutation.recordOutcomes", WRITE),
    ("Mutation.recordCases", WRITE),
    ("Mutation.recordContributions", WRITE),
    ("Mutation.recordObservations", WRITE),
    ("Mutation.setExchangeRate", WRITE),
    ("Mutation.setOutcomeWeights", WRITE),
    ("Mutation.saveComparison", WRITE),
    ("Mutation.runAttribution", WRITE),
    ("Mutation.startAttribution", WRITE),
    ("Mutation.cancelJob", WRITE),
    ("Mutation.checkUpload", WRITE),
    ("Mutation.loadUpload", WRITE),
    ("Mutation.deleteUpload", WRITE),
    ("Mutation.publishFollowUp", WRITE),
    ("Mutation.withdrawFollowUp", WRITE),
    ("Mutation.releaseAnswers", WRITE),
    ("Mutation.discardAnswers", WRITE),
    ("Mutation.quarantineAnswers", WRITE),
    ("Mutation.createCommunity", MANAGE),
    ("Mutation.setReportingCurrency", MANAGE),
    ("Mutation.createSite", MANAGE),
    ("Mutation.setSiteIdentity", MANAGE),
    ("Mutation.createSurvey", MANAGE),
    ("Mutation.saveSurveyDraft", MANAGE),
    ("Mutation.publishSurvey", MANAGE),
    ("Mutation.saveScoringModel", MANAGE),
    ("Mutation.createWebhookEndpoint", MANAGE),
    ("Mutation.disableWebhookEndpoint", MANAGE),
    ("Mutation.replayInboxEvents", OPERATE),
    ("Mutation.revokeToken", OPERATE),
];

/// What single people answered, said or did: nothing else leads to it but what takes the right to read answers.
const OF_PEOPLE: [&str; 11] = [
    "Party",
    "Identity",
    "Touchpoint",
    "Outcome",
    "SupportCase",
    "Contribution",
    "InboxEvent",
    "SetAsideAnswer",
    "SetAsideGroup",
    "IdentityLink",
    "ExplainedRow",
];

/// The fields that take the viewer's own organisation for what they are about, or are the same for all, and no id.
const OF_THE_VIEWER: [&str; 8] = [
    "viewer",
    "communities",
    "limits",
    "scoringModelTemplates",
    "tokens",
    "auditLog",
    "createCommunity",
    "importFormats",
];

const DESCRIBED: &str = "query { __schema { types { name kind
    fields { name args { name type { ...type } } type { ...type } }
    inputFields { name type { ...type } defaultValue } enumValues { name } isOneOf } } }
    fragment type on __Type { name kind ofType { name kind ofType { name kind ofType { name kind } } } }";

struct Described(BTreeMap<String, Value>);

impl Described {
    async fn of(api: &Api) -> Self {
        let data = api.ask(DESCRIBED, json!({})).await.unwrap();
        let types = data["__schema"]["types"].as_array().unwrap().clone();
        Self(types.into_iter().map(|described| (text(&described["name"]), described)).collect())
    }

    fn fields(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.0[name]["fields"].as_array().into_iter().flatten()
    }

    /// A value that is of this type and means nothing in particular.
    fn value(&self, name: &str, of: &Value, world: &World) -> Value {
        match (of["kind"].as_str().unwrap(), of["name"].as_str()) {
            ("NON_NULL", _) => self.value(name, &of["ofType"], world),
            ("LIST", _) => json!([]),
            ("ENUM", Some(of)) => self.0[of]["enumValues"][0]["name"].clone(),
            ("INPUT_OBJECT", Some(of)) => {
                let fields = self.0[of]["inputFields"].as_array().unwrap();
                let is_one_of = self.0[of]["isOneOf"] == true;
                let has_matching = fields.iter().any(|field| field["name"] == "matching");
                let one = if has_matching { json!("matching") } else { fields[0]["name"].clone() };
                let is_wanted = |field: &&Value| {
                    let is_required = field["type"]["kind"] == "NON_NULL" && field["defaultValue"].is_null();
                    if is_one_of { field["name"] == one } else { is_required }
                };
                let wanted = fields.iter().filter(is_wanted);
                wanted
                    .map(|field| (text(&field["name"]), self.value(&text(&field["name"]), &field["type"], world)))
                    .collect()
            }
            (_, Some("ID")) => world.id(name),
            (_, Some("Int" | "Count")) => json!(1),
            (_, Some("Float")) => json!(1.0),
            (_, Some("Boolean")) => json!(false),
            (_, Some("NaiveDate")) => json!("2026-01-01"),
            (_, Some("DateTime")) => json!("2026-01-01T00:00:00Z"),
            (_, Some("Quarter")) => json!("2026-Q1"),
            (_, Some("Currency")) => json!("USD"),
            (_, Some("Decimal")) => json!("1"),
            (_, Some("JSON")) => json!({}),
            _ => json!("x"),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn name_of(mut described: &Value) -> &str {
    while !described["ofType"].is_null() {
        described = &described["ofType"];
    }
    described["name"].as_str().unwrap()
}

fn is_required(argument: &Value) -> bool {
    argument["type"]["kind"] == "NON_NULL"
}

/// The sample, with something of each kind that has an id.
struct World {
    scratch: Scratch,
    server: Server,
    api: Api,
    described: Described,
    ids: BTreeMap<&'static str, String>,
}

async fn token(scratch: &Scratch, arguments: &[&str]) -> String {
    let arguments = [&["token", "create", "--name", "test"], arguments].concat();
    let output = valuemap(scratch, &arguments).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl World {
    async fn new(engine: Engine) -> Self {
        let scratch = Scratch::new(engine).await.unwrap();
        assert!(valuemap(&scratch, &["seed"]).await.unwrap().status.success());
        let server = Server::start(&scratch, &[]).await.unwrap();
        let api = Api::new(&server.address, &token(&scratch, &["--write"]).await);
        let described = Described::of(&api).await;
        let kept = "query { communities { nodes { id sites { id } surveys { id } activityTypes { id }
            activities(first: 1) { nodes { id } } parties(first: 1) { nodes { id } }
            touchpoints(first: 1) { nodes { id } } outcomes(first: 1) { nodes { id } }
            identityLinks(first: 1) { nodes { id } } followUps(first: 1) { nodes { id } } } } tokens { id } }";
        let data = api.ask(kept, json!({})).await.unwrap();
        let community = &data["communities"]["nodes"][0];
        let of_list = |name: &str| text(&community[name][0]["id"]);
        let of_nodes = |name: &str| text(&community[name]["nodes"][0]["id"]);
        let mut ids = BTreeMap::from([
            ("community", text(&community["id"])),
            ("site", of_list("sites")),
            ("survey", of_list("surveys")),
            ("activityType", of_list("activityTypes")),
            ("activity", of_nodes("activities")),
            ("party", of_nodes("parties")),
            ("touchpoint", of_nodes("touchpoints")),
            ("outcome", of_nodes("outcomes")),
            ("identityLink", of_nodes("identityLinks")),
            ("endIdentityLink", of_nodes("identityLinks")),
            ("restoreIdentityLink", of_nodes("identityLinks")),
            ("withdrawFollowUp", of_nodes("followUps")),
        ]);
        let run =
            "mutation($input: RunAttributionInput!) { runAttribution(input: $input) { ... on AttributionRun { id } } }";
        let input = json!({ "community": ids["community"], "from": "2026-Q1", "until": "2026-Q1" });
        let data = api.ask(run, json!({ "input": input })).await.unwrap();
        ids.insert("attributionRun", text(&data["runAttribution"]["id"]));
        let start = "mutation($input: RunAttributionInput!) { startAttribution(input: $input) { ... on Job { id } } }";
        let input = json!({ "community": ids["community"], "from": "2026-Q1", "until": "2026-Q1" });
        let data = api.ask(start, json!({ "input": input })).await.unwrap();
        ids.insert("job", text(&data["startAttribution"]["id"]));
        ids.insert("cancelJob", text(&data["startAttribution"]["id"]));
        let create = "mutation($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) {
            ... on WebhookEndpointCreated { endpoint { id } } } }";
        let input = json!({ "community": ids["community"], "kind": "DISCOURSE", "name": "Forum" });
        let data = api.ask(create, json!({ "input": input })).await.unwrap();
        ids.insert("disableWebhookEndpoint", text(&data["createWebhookEndpoint"]["endpoint"]["id"]));
        let uploaded = api.upload(&ids["community"], "deals.csv", "Record ID,Deal Stage,Close Date\n").await.unwrap();
        ids.insert("upload", text(&uploaded.body["upload"]["id"]));
        // Nobody needs this one any more.
        token(&scratch, &[]).await;
        let data = api.ask("{ tokens { id } }", json!({})).await.unwrap();
        ids.insert("revokeToken", text(&data["tokens"][0]["id"]));
        Self { scratch, server, api, described, ids }
    }

    /// The id that goes with a name: of an argument, or of the field whose only id it is.
    fn id(&self, name: &str) -> Value {
        json!(self.ids.get(name).unwrap_or(&self.ids["community"]))
    }

    async fn with(&self, arguments: &[&str]) -> Api {
        Api::new(&self.server.address, &token(&self.scratch, arguments).await)
    }

    /// A request for one field, and its variables.
    fn request(&self, coordinate: &str) -> (String, Value) {
        let (parent, name) = coordinate.split_once('.').unwrap();
        let field = self.described.fields(parent).find(|field| field["name"] == name).unwrap();
        let (mut variables, mut declared, mut given) = (serde_json::Map::new(), Vec::new(), Vec::new());
        for argument in field["args"].as_array().unwrap().iter().filter(|argument| is_required(argument)) {
            let argument_name = text(&argument["name"]);
            let of = name_of(&argument["type"]);
            // What `id` and `input` are of is said by the field.
            let about = if argument_name == "id" { name } else { argument_name.as_str() };
            let mut value = self.described.value(about, &argument["type"], self);
            if let Some(id) = value.get_mut("id") {
                *id = self.id(name);
            }
            let list = if argument["type"]["ofType"]["kind"] == "LIST" { ("[", "!]") } else { ("", "") };
            declared.push(format!("${argument_name}: {}{of}{}!", list.0, list.1));
            given.push(format!("{argument_name}: ${argument_name}"));
            variables.insert(argument_name, value);
        }
        let given = if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) };
        let kind = self.described.0[name_of(&field["type"])]["kind"].as_str().unwrap();
        let selected = if ["OBJECT", "UNION", "INTERFACE"].contains(&kind) { " { __typename }" } else { "" };
        let asked = format!("{name}{given}{selected}");
        let asked = match parent {
            "Community" | "Activity" => {
                declared.push("$of: ID!".to_owned());
                variables.insert("of".to_owned(), self.id(&parent.to_ascii_lowercase()));
                format!("node(id: $of) {{ ... on {parent} {{ {asked} }} }}")
            }
            _ => asked,
        };
        let declared = if declared.is_empty() { String::new() } else { format!("({})", declared.join(", ")) };
        let operation = if parent == "Mutation" { "mutation" } else { "query" };
        (format!("{operation}{declared} {{ {asked} }}"), variables.into())
    }
}

async fn each_field_takes_its_right(engine: Engine) {
    let world = World::new(engine).await;
    let mut there: BTreeSet<String> = BTreeSet::new();
    for (parent, described) in &world.described.0 {
        for field in described["fields"].as_array().into_iter().flatten() {
            let leads_to = name_of(&field["type"]).trim_end_matches("Connection");
            let is_of_people =
                OF_PEOPLE.contains(&leads_to) && !parent.ends_with("Edge") && !parent.ends_with("Connection");
            let is_new_way = is_of_people && !OF_PEOPLE.contains(&parent.as_str());
            // Asked below: the rows behind some figures are of people, and behind others they are not.
            let is_of_figures = parent == "Explained";
            if ["Query", "Mutation", "Community"].contains(&parent.as_str()) || (is_new_way && !is_of_figures) {
                there.insert(format!("{parent}.{}", text(&field["name"])));
            }
        }
    }
    assert!(OF_PEOPLE.iter().all(|name| world.described.0.contains_key(*name)));
    let listed: BTreeSet<String> = FIELDS.iter().map(|(coordinate, _)| (*coordinate).to_owned()).collect();
    assert_eq!(there, listed, "each field is listed with its right");

    for right in ALL {
        let api = world.with(&["--rights", right]).await;
        for (coordinate, needed) in FIELDS {
            // An activity is itself a figure.
            if coordinate.starts_with("Activity.") && right != "read_figures" {
                continue;
            }
            let (query, variables) = world.request(coordinate);
            let reply = api.send(&query, variables).await.unwrap();
            let is_refused = reply.code() == "FORBIDDEN";
            let is_allowed = needed.is_none_or(|needed| needed == right);
            assert_eq!(is_refused, !is_allowed, "{coordinate} with {right}: {query} {}", reply.body);
            assert_ne!(reply.code(), "GRAPHQL_VALIDATION_FAILED", "{coordinate}: {query} {}", reply.body);
            assert!(reply.status < 500, "{coordinate}: {}", reply.body);
        }
        for (name, id) in &world.ids {
            let needed = match *name {
                "party" | "touchpoint" | "outcome" => "read_answers",
                "identityLink" | "endIdentityLink" | "restoreIdentityLink" => "read_answers",
                "site" | "survey" | "activity" | "activityType" | "attributionRun" => "read_figures",
                _ => right,
            };
            let reply = api.send("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await.unwrap();
            assert_eq!(reply.code() == "FORBIDDEN", needed != right, "node {name} with {right}: {}", reply.body);
        }
    }
}

async fn one_right_does_not_lead_to_what_takes_another(engine: Engine) {
    let world = World::new(engine).await;
    let community = world.id("community");
    let check = async |rights: &str, query: &str, is_allowed: bool| {
        let api = world.with(&["--rights", rights]).await;
        let variables = json!({ "id": community, "job": world.id("job") });
        let declared = if query.contains("$job") { "($job: ID!)" } else { "($id: ID!)" };
        let operation = if query.contains("runAttribution") { "mutation" } else { "query" };
        let reply = api.send(&format!("{operation}{declared} {{ {query} }}"), variables).await.unwrap();
        let expected = if is_allowed { "" } else { "FORBIDDEN" };
        assert_eq!(reply.code(), expected, "{query} with {rights}: {}", reply.body);
    };
    let rows =
        |figure: &str| format!("explain(community: $id, figure: {{ {figure} }}) {{ rows {{ nodes {{ id }} }} }}");
    for (figure, is_of_people) in [
        ("cost: true", false),
        ("element: ENGAGEMENT", false),
        ("element: UPGRADES", true),
        ("measure: \"contact_rate\"", true),
    ] {
        check("read_figures", &rows(figure), !is_of_people).await;
        check("read_figures,read_answers", &rows(figure), true).await;
    }
    for costs in ["costs { key }", "fullyLoadedCost { __typename }"] {
        let costs = format!("community(id: $id) {{ touchpoints(first: 1) {{ nodes {{ activity {{ {costs} }} }} }} }}");
        check("read_answers", &costs, false).await;
        check("read_answers,read_figures", &costs, true).await;
    }
    for result in ["models { model }", "credited { count }", "sources { nodes { touches } }"] {
        let run = format!(
            "runAttribution(input: {{ community: $id, from: \"2026-Q1\", until: \"2026-Q1\" }}) {{
               ... on AttributionRun {{ {result} }} }}"
        );
        check("write", &run, false).await;
        check("write,read_figures", &run, true).await;
    }
    // Who is one person stays with those who may know it, whoever ends the link.
    let link = world.id("endIdentityLink");
    let mutation = format!(
        "mutation {{ endIdentityLink(input: {{ id: {link} }}) {{
            ... on IdentityLink {{ from {{ key }} to {{ key }} }} }} }}"
    );
    let reply = world.with(&["--rights", "write"]).await.send(&mutation, json!({})).await.unwrap();
    assert_eq!(reply.code(), "FORBIDDEN", "{}", reply.body);
    let reply = world.with(&["--rights", "write,read_answers"]).await.send(&mutation, json!({})).await.unwrap();
    assert_eq!(reply.code(), "", "{}", reply.body);
    // What a recount found is of single answers.
    check("read_figures", "job(id: $job) { result }", false).await;
    check("read_figures,operate", "job(id: $job) { result }", true).await;
}

async fn what_is_another_organisation_s_is_not_there(engine: Engine) {
    let world = World::new(engine).await;
    assert!(valuemap(&world.scratch, &["organisation", "Other"]).await.unwrap().status.success());
    let stranger = world.with(&["--organisation", "Other", "--write"]).await;
    for (coordinate, _) in
        FIELDS.iter().filter(|(coordinate, _)| !OF_THE_VIEWER.contains(&coordinate.split_once('.').unwrap().1))
    {
        let (query, variables) = world.request(coordinate);
        let reply = stranger.send(&query, variables).await.unwrap();
        let data = reply.data().unwrap_or_else(|error| panic!("{coordinate}: {error:#}"));
        let found = data.as_object().unwrap().values().next().unwrap();
        assert!(found.is_null() || found["__typename"] == "NotFound", "{coordinate}: {query} {data}");
    }
    for (name, id) in &world.ids {
        let found = stranger.ask("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await.unwrap();
        assert!(found["node"].is_null(), "{name}");
    }
    let all = stranger.ask("{ tokens { name } auditLog { nodes { what } } communities { nodes { id } } }", json!({}));
    let all = all.await.unwrap();
    assert_eq!((all["tokens"].as_array().unwrap().len(), &all["communities"]["nodes"]), (1, &json!([])));
    assert_eq!(all["auditLog"]["nodes"], json!([{ "what": "token create" }, { "what": "organisation" }]));
}

const LOG: &str =
    "{ auditLog(first: 2) { nodes { actor what token community } pageInfo { hasNextPage } } viewer { name } }";

async fn a_change_is_in_the_audit_log(engine: Engine) {
    let world = World::new(engine).await;
    let writer = world.with(&["--rights", "write"]).await;
    let publish = "mutation($input: PublishFollowUpInput!) { publishFollowUp(input: $input) { __typename } }";
    let follow_up = |done: &str| {
        json!({ "input": {
        "community": world.id("community"), "heard": "Search is slow", "done": done, "on": "2026-01-01" } })
    };
    let published = writer.ask(publish, follow_up("It is fast")).await.unwrap();
    assert_eq!(published["publishFollowUp"]["__typename"], "FollowUp");
    let latest = async || world.api.ask(LOG, json!({})).await.unwrap()["auditLog"]["nodes"].clone();
    let expected = json!({ "actor": "test", "what": "publishFollowUp", "community": world.id("community") });
    let mut found = latest().await[0].clone();
    let token = found.as_object_mut().unwrap().remove("token").unwrap();
    assert_eq!(found, expected);
    assert!(token.as_str().unwrap().starts_with("tok_"), "{token}");

    // What is refused is no change.
    let refused = writer.ask(publish, follow_up("")).await.unwrap();
    assert_eq!(refused["publishFollowUp"]["__typename"], "InvalidFollowUp");
    assert_eq!(latest().await[0]["what"], "publishFollowUp");
    assert_eq!(latest().await[1]["what"], "token create");

    // The database refuses to change the log.
    let database = world.scratch.connect().await.unwrap();
    let mut statements = vec!["UPDATE audit_entry SET actor = 'nobody'", "DELETE FROM audit_entry"];
    if engine == Engine::Postgres {
        statements.push("TRUNCATE audit_entry");
    }
    for statement in statements {
        let refused = database.execute_unprepared(statement).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}

async fn what_is_revoked_is_good_for_nothing(engine: Engine) {
    let world = World::new(engine).await;
    let reader = world.with(&[]).await;
    reader.ask("{ viewer { name } }", json!({})).await.unwrap();
    let tokens = world.api.ask("{ tokens { id name kind rights } }", json!({})).await.unwrap();
    let newest = &tokens["tokens"][0];
    assert_eq!(newest["rights"], json!(["READ_FIGURES", "READ_ANSWERS"]));
    assert_eq!((&newest["name"], &newest["kind"]), (&json!("test"), &json!("APP")));
    let revoke = "mutation($input: RevokeTokenInput!) { revokeToken(input: $input) { __typename } }";
    let input = json!({ "input": { "id": newest["id"] } });
    assert_eq!(world.api.ask(revoke, input.clone()).await.unwrap()["revokeToken"]["__typename"], "Token");
    assert_eq!(reader.send("{ viewer { name } }", json!({})).await.unwrap().code(), "UNAUTHENTICATED");
    assert_eq!(world.api.ask(revoke, input).await.unwrap()["revokeToken"]["__typename"], "NotFound");

    // At the command line it is the same.
    let listed = valuemap(&world.scratch, &["token", "list"]).await.unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert_eq!(listed.lines().filter(|line| line.contains("  app ")).count(), 2, "{listed}");
    let line = listed.lines().find(|line| line.ends_with("read_figures read_answers")).unwrap();
    let id = line.split(' ').next().unwrap();
    assert!(valuemap(&world.scratch, &["token", "revoke", id]).await.unwrap().status.success());
    assert!(!valuemap(&world.scratch, &["token", "revoke", id]).await.unwrap().status.success());
    for name in ["", "Command line", "red \u{1b}[31m"] {
        let refused = valuemap(&world.scratch, &["token", "create", "--name", name]).await.unwrap();
        assert!(!refused.status.success(), "{name:?}");
    }
}

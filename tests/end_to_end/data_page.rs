//! A community and its first file, from the dashboard alone, in Chromium.

use thirtyfour::prelude::*;
use valuemap_tests::{Browser, Engine, Scratch, Server, valuemap};

use crate::browser::DESKTOP;
use crate::dashboard::query;

const DEALS: &str = "Record ID,Deal Name,Deal Stage,Amount,Close Date,Deal Type,Associated Company IDs
1,Plan,Closed Won,90,05/06/2026,newbusiness,771
2,Plan,Closed Won,80.50,06/06/2026,existingbusiness,772
";

async fn press(browser: &Browser, label: &str) {
    let button = format!("//button[normalize-space()='{label}']");
    let button = browser.page.query(By::XPath(button)).desc(label).first().await.unwrap();
    button.scroll_into_view().await.unwrap();
    button.click().await.unwrap();
}

async fn says(browser: &Browser, text: &str) {
    let path = format!("//main[contains(normalize-space(.), '{text}')]");
    browser.page.query(By::XPath(path)).desc(text).first().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_dropped_corrected_and_loaded() {
    let scratch = Scratch::new(Engine::Sqlite).await.unwrap();
    assert!(valuemap(&scratch, &["organisation", "Acme"]).await.unwrap().status.success());
    let mut server = Server::start(&scratch, &[]).await.unwrap();
    let browser = Browser::start(DESKTOP.0, DESKTOP.1).await.unwrap();
    browser.page.goto(server.sign_in_link().await.unwrap()).await.unwrap();

    // An organisation without a community makes one here.
    press(&browser, "Create the community").await;
    says(&browser, "Give the community a name.").await;
    query(&browser, "#new-community-name").await.send_keys("Makers").await.unwrap();
    press(&browser, "Create the community").await;
    query(&browser, "nav.pages a[href^='/data']").await.click().await.unwrap();

    let path = scratch.folder().join("deals.csv");
    std::fs::write(&path, DEALS).unwrap();
    query(&browser, "input[type=file]").await.send_keys(path.to_str().unwrap()).await.unwrap();
    says(&browser, "2 rows cannot be loaded").await;
    says(&browser, "Read as hubspot-deals: it has the columns `Record ID`").await;
    assert!(browser.page.query(By::XPath("//button[.='Load it']")).nowait().exists().await.is_ok_and(|is_there| !is_there));

    // The same is there after the page is loaded anew, as the file waits on the server.
    browser.page.refresh().await.unwrap();
    says(&browser, "2 rows cannot be loaded").await;
    let dates = "//label[contains(., 'Dates')]/select/option[@value='DAY_FIRST']";
    browser.page.query(By::XPath(dates)).first().await.unwrap().click().await.unwrap();
    press(&browser, "Check again").await;
    says(&browser, "Loading it stores outcomes: 2 new.").await;
    press(&browser, "Load it").await;
    says(&browser, "Stored outcomes: 2 new.").await;

    let api = server.api(&scratch).await.unwrap();
    let outcomes = "{ communities { nodes { name outcomes { nodes { id } } uploads { id } } } }";
    let data = api.ask(outcomes, serde_json::json!({})).await.unwrap();
    let community = &data["communities"]["nodes"][0];
    assert_eq!((&community["name"], &community["uploads"]), (&"Makers".into(), &serde_json::json!([])));
    assert_eq!(community["outcomes"]["nodes"].as_array().unwrap().len(), 2, "{data}");

    // What is no table is refused in words.
    std::fs::write(&path, "%PDF-1.7").unwrap();
    query(&browser, "input[type=file]").await.send_keys(path.to_str().unwrap()).await.unwrap();
    says(&browser, "cannot use deals.csv: it is a PDF").await;
    press(&browser, "Remove").await;
    browser.close().await.unwrap();
}

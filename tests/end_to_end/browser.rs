//! A member answers the survey on the demo page in Chromium, and the score shows on the dashboard and in the API.

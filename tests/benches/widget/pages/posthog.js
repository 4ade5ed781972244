// PostHog's snippet, with all that surveys do not need turned off, and the remote configuration handed over in the page,
// which spares it a request.
window._POSTHOG_REMOTE_CONFIG = {
  phc_bench: {
    config: { token: "phc_bench", surveys: true, supportedCompression: [], hasFeatureFlags: false, autocapture_opt_out: true },
    siteApps: [],
  },
};
const settings = {
  api_host: location.origin + "/posthog",
  persistence: "memory",
  autocapture: false,
  capture_pageview: false,
  capture_pageleave: false,
  disable_session_recording: true,
  advanced_disable_feature_flags: true,
  // A browser without a window is taken for a bot, and its answers would not be sent.
  opt_out_useragent_filter: true,
  loaded: (posthog) =>
    posthog.onSurveysLoaded(() =>
      posthog.displaySurvey("bench", { displayType: "inline", selector: "#survey", ignoreConditions: true, ignoreDelay: true }),
    ),
};
window.posthog = Object.assign([], { __SV: 1, _i: [["phc_bench", settings, "posthog"]] });

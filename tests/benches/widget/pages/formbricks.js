import { renderSurveyInline } from "@formbricks/surveys";
import { fetchSurvey } from "./survey.js";

fetchSurvey().then((survey) =>
  renderSurveyInline({
    survey,
    containerId: "survey",
    brandColor: "#3d3db8",
    isBrandingEnabled: false,
    onResponse: ({ data }) => fetch("answers", { method: "POST", body: JSON.stringify(data) }),
  }),
);

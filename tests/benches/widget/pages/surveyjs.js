import "survey-core/survey-core.fontless.min.css";
import { Model } from "survey-core";
import "survey-js-ui";
import { fetchSurvey } from "./survey.js";

fetchSurvey().then((json) => {
  const survey = new Model(json);
  survey.onComplete.add(() => fetch("answers", { method: "POST", body: JSON.stringify(survey.data) }));
  survey.render(document.getElementById("survey"));
});

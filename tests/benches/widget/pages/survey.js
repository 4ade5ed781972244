/** The survey, in the form that this page's library wants. */
export async function fetchSurvey() {
  const response = await fetch("survey.json");
  if (!response.ok) throw new Error(`the survey came with status ${response.status}`);
  return response.json();
}

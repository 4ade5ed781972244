import "./valuemap-survey.js";

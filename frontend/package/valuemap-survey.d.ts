// Importing this module registers <valuemap-survey>; on a server it does nothing.

/** How the survey stands on the page. */
export type ValuemapMode = "inline" | "popover" | "modal";
/** When the survey's code is loaded: when the member moves towards it, when the page is idle, or at once. */
export type ValuemapLoad = "interaction" | "idle" | "eager";
/** Whether anything may be stored in the browser before the member sends answers; denied: nothing ever is. */
export type ValuemapConsent = "granted" | "denied";
/** What members see when there is no survey to show. */
export type ValuemapFailure = "hide" | "message";

/** A number, or the text of one. */
export type Numeric = number | `${number}`;

/** The attributes, as frameworks take them. */
export interface ValuemapSurveyAttributes {
  /** The key of the site. */
  site: string;
  /** URL of the Valuemap server; without it, the page's own. */
  server?: string;
  /** BCP 47; without it, that of the page, else of the browser. */
  lang?: string;
  mode?: ValuemapMode;
  load?: ValuemapLoad;
  consent?: ValuemapConsent;
  "unavailable"?: ValuemapFailure;
  /** Nothing is sent. */
  preview?: boolean | "";
  /** Seconds after which an overlay opens. */
  "trigger-delay"?: Numeric;
  /** Per cent of the page after which an overlay opens. */
  "trigger-scroll"?: Numeric;
  /** An overlay opens when the pointer leaves the window at the top. */
  "trigger-exit"?: boolean | "";
  /** URL pattern with `*` of the pages on which an overlay opens. */
  "trigger-url"?: string;
  /** A DOM event on window or document which opens an overlay. */
  "trigger-event"?: string;
  /** CSS selector of what opens an overlay when it is clicked. */
  "trigger-click"?: string;
  /** Share of visitors who see it, 0 to 1. */
  sample?: Numeric;
  /** A stable id of the visitor, which decides whether they are in the sample. */
  visitor?: string;
  /** Days in which an overlay does not come again. */
  "cool-down"?: Numeric;
}

export type ValuemapErrorCode =
  | "SITE_MISSING"
  | "SITE_NOT_FOUND"
  | "ORIGIN_NOT_ALLOWED"
  | "SURVEY_NOT_PUBLISHED"
  | "WASM_BLOCKED"
  | "NOT_LOADED"
  | "UNREACHABLE"
  | "CONNECTION_BLOCKED"
  | "NOT_UNDERSTOOD"
  | "ATTRIBUTE_UNKNOWN"
  | "ATTRIBUTE_INVALID"
  | "LANGUAGE_MISSING"
  | "UNAUTHENTICATED"
  | "ALREADY_ANSWERED"
  | "INVALID_SUBMISSION"
  | "SUBMISSION_ID_REUSED"
  | "STORAGE_BLOCKED"
  | "FRAME_BLOCKED";

/** The events. They bubble and cross shadow roots. */
export interface ValuemapSurveyEventMap {
  /** The first question is there. */
  "valuemap:ready": CustomEvent<Record<string, never>>;
  /** It is shown; an overlay says what opened it. */
  "valuemap:shown": CustomEvent<{ mode: ValuemapMode; trigger?: string }>;
  /** A member answered a question and went on. */
  "valuemap:answered": CustomEvent<{ question: string }>;
  /** The answers are stored. */
  "valuemap:submitted": CustomEvent<{ submissionId: string }>;
  "valuemap:closed": CustomEvent<{ reason: "member" | "page" }>;
  /** Something is in the way; the message says what to change. Servers may know codes of their own. */
  "valuemap:error": CustomEvent<{ code: ValuemapErrorCode | (string & {}); message: string }>;
}

/** What may be set to a property that reflects an attribute; `null` takes the attribute away. */
type Settable<Value> = Value | "" | null;

/** Its properties reflect the attributes: they read as texts, which are empty where an attribute is missing. */
export interface ValuemapSurveyElement extends HTMLElement {
  site: string;
  server: string;
  get mode(): ValuemapMode | "";
  set mode(value: Settable<ValuemapMode>);
  get load(): ValuemapLoad | "";
  set load(value: Settable<ValuemapLoad>);
  get consent(): ValuemapConsent | "";
  set consent(value: Settable<ValuemapConsent>);
  get unavailable(): ValuemapFailure | "";
  set unavailable(value: Settable<ValuemapFailure>);
  preview: boolean;
  get triggerDelay(): string;
  set triggerDelay(value: Settable<Numeric>);
  get triggerScroll(): string;
  set triggerScroll(value: Settable<Numeric>);
  triggerExit: boolean;
  get triggerUrl(): string;
  set triggerUrl(value: Settable<string>);
  get triggerEvent(): string;
  set triggerEvent(value: Settable<string>);
  get triggerClick(): string;
  set triggerClick(value: Settable<string>);
  get sample(): string;
  set sample(value: Settable<Numeric>);
  get visitor(): string;
  set visitor(value: Settable<string>);
  get coolDown(): string;
  set coolDown(value: Settable<Numeric>);

  /** Opens an overlay, whatever its triggers say. */
  open(): void;
  close(): void;
  /** Starts anew. */
  reset(): void;
  /** Says who the member is, by a signed token from your server. */
  identify(jwt: string): void;

  addEventListener<Name extends keyof ValuemapSurveyEventMap>(
    type: Name,
    listener: (this: ValuemapSurveyElement, event: ValuemapSurveyEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Name extends keyof HTMLElementEventMap>(
    type: Name,
    listener: (this: ValuemapSurveyElement, event: HTMLElementEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Name extends keyof ValuemapSurveyEventMap>(
    type: Name,
    listener: (this: ValuemapSurveyElement, event: ValuemapSurveyEventMap[Name]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof HTMLElementEventMap>(
    type: Name,
    listener: (this: ValuemapSurveyElement, event: HTMLElementEventMap[Name]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "valuemap-survey": ValuemapSurveyElement;
  }
  /** They bubble, so documents and windows hear them too. */
  interface GlobalEventHandlersEventMap extends ValuemapSurveyEventMap {}
}

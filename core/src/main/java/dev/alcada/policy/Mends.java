package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.document.WindowSpelling;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What mends the fields and words of other languages: those of limiters, gateways and policy
 * engines, by what their authors mean. Each gives null for what it does not know.
 */
final class Mends {
  private static final String OR =
      "several predicates are an \"or\", the conditions of one an \"and\": give each its own"
          + " {\"conditions\": […]}";
  static final String UNBOUNDED = "without a bound there is no limit: leave it out";
  private static final String NOT =
      "there is no \"not\": what must not be belongs into \"deny_if\", what must be into"
          + " \"require\"";

  /** A comparison in one text: {@code args.amount > 500}. */
  private static final Pattern COMPARISON =
      Pattern.compile(
          "\\s*([A-Za-z_][\\w.\\[\\]\"]*)\\s*(===?|!==?|<>|>=|<=|>|<|=~|=|\\b(?:in|not in|contains"
              + "|matches|eq|neq|gte?|lte?)\\b)\\s*(.+?)\\s*");

  private static final Pattern RATE =
      Pattern.compile(
          "\\s*([0-9][0-9_,]*)\\s*(?:(?:calls|requests|reqs?|times|x)\\s*)?(?:/|per|a|an|in|every|r"
              + "(?=p))\\s*(.+?)\\s*",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern LENGTH =
      Pattern.compile("(?:per|every|each)?\\s*([0-9]+)?\\s*([a-z]+)", Pattern.CASE_INSENSITIVE);

  private static final Pattern PARTS =
      Pattern.compile("(?:([0-9]+)\\s*h(?:ours?)?)?\\s*(?:([0-9]+)\\s*m(?:in(?:utes?)?)?)?");

  private Mends() {}

  /** {@return what mends a field that a document has not} */
  static @Nullable String ofDocument(String field) {
    return switch (Spelling.bare(field)) {
      case "defaultaction",
          "defaultpolicy",
          "defaultdecision",
          "defaulteffect",
          "fallback",
          "otherwise",
          "else",
          "action",
          "effect",
          "mode" ->
          "what happens to a tool that is not listed, says \"default\": \"allow\" or \"deny\"";
      case "rules", "policies", "policy", "permissions", "statements", "statement", "rule" ->
          "rules stand by tool: \"tools\": {\"<name>\": {…}}";
      case "allow", "allowed", "allowlist", "allowedtools", "whitelist", "permit" ->
          "write \"default\": \"deny\", and each of them in \"tools\": {\"<name>\": {}}";
      case "deny",
          "denied",
          "denylist",
          "deniedtools",
          "block",
          "blocked",
          "blocklist",
          "blacklist",
          "forbid",
          "disallowedtools",
          "blockedtools" ->
          "write each of them in \"tools\": {\"<name>\": {\"action\": \"deny\"}}";
      case "ask", "confirm", "approve" ->
          "write each of them in \"tools\": {\"<name>\": {\"action\": \"require_approval\"}}";
      case "global", "globals", "defaults", "all", "every", "everytool", "anytool" ->
          "rules for every call belong into \"all_tools\"";
      case "ratelimit", "ratelimits", "ratelimiting", "throttle", "quota", "quotas" ->
          "limits belong to a tool, or into \"all_tools\": {\"limits\": [{…}]}";
      case "hidden", "hiddentools", "invisible" -> "did you mean \"hide\"?";
      case "name", "title", "comment", "comments", "note", "notes", "id", "metadata", "author" ->
          "what a document is for says \"description\"";
      case "apiversion", "schemaversion", "policyversion", "formatversion" ->
          "did you mean \"version\"?";
      case "include", "includes", "import", "imports", "extends" ->
          "a document stands alone: write out what another has";
      case "enabled", "disabled", "active" -> "a document that is loaded holds: leave it out";
      case "variables", "vars", "definitions", "defs" ->
          "there are no variables: write their values out";
      default -> null;
    };
  }

  /** {@return what mends a field that a tool's rule has not, by its value} */
  static @Nullable String ofRule(String field, Node value) {
    boolean no = value instanceof Node.Bool bool && !bool.value();
    return switch (Spelling.bare(field)) {
      case "message", "ondeny", "denymessage", "denyreason", "errormessage" ->
          "did you mean \"reason\"?";
      case "requireapproval",
          "requiresapproval",
          "needsapproval",
          "approvalrequired",
          "ask",
          "confirm",
          "confirmation",
          "humanintheloop",
          "hitl",
          "review",
          "requiresconfirmation",
          "requireconfirmation" ->
          no
              ? "leave it out: only \"action\": \"require_approval\" asks"
              : "write \"action\": \"require_approval\"";
      case "enabled", "allow", "allowed", "enable", "permit", "permitted", "active" ->
          no ? "write \"action\": \"deny\"" : "leave it out: a listed tool is allowed";
      case "disabled", "deny", "denied", "block", "blocked", "disable", "forbidden" ->
          no ? "leave it out: a listed tool is allowed" : "write \"action\": \"deny\"";
      case "hide", "hidden", "visible", "visibility" ->
          "tools are hidden by the document: \"hide\": [\"<name>\"]";
      case "conditions",
          "condition",
          "when",
          "if",
          "match",
          "where",
          "predicates",
          "rules",
          "checks" ->
          "conditions belong into \"require\", \"deny_if\" or \"approve_if\":"
              + " [{\"conditions\": […]}]";
      case "allowif",
          "allowwhen",
          "requires",
          "requireif",
          "must",
          "denyunless",
          "unless",
          "allowonlyif",
          "onlyif",
          "assert" ->
          "what must be true belongs into \"require\": [{\"conditions\": […]}]";
      case "denywhen",
          "blockif",
          "blockwhen",
          "rejectif",
          "forbidif",
          "denyon",
          "mustnot",
          "failif" ->
          "did you mean \"deny_if\"?";
      case "askif",
          "approvewhen",
          "approvalif",
          "requireapprovalif",
          "requireapprovalwhen",
          "confirmif",
          "reviewif",
          "escalateif" ->
          "did you mean \"approve_if\"?";
      case "limit",
          "ratelimits",
          "rate",
          "throttle",
          "quota",
          "quotas",
          "budget",
          "budgets",
          "ratelimiting" ->
          "write \"rate_limit\": \"10/minute\", or \"limits\": [{\"counter\", \"window\", \"max\"}]";
      case "description", "comment", "comments", "note", "notes", "title", "name", "label" ->
          "a rule has \"reason\" for the agent; for people, write \"description\" at the top or a"
              + " comment of YAML";
      case "effect",
          "decision",
          "permission",
          "access",
          "policy",
          "verdict",
          "outcome",
          "default" ->
          "did you mean \"action\"?";
      case "args", "arguments", "params", "parameters", "inputs", "inputschema", "schema" ->
          "arguments are judged by conditions: \"require\": [{\"conditions\": [{\"path\":"
              + " \"args.<name>\", …}]}]";
      case "roles", "role", "users", "user", "groups", "group", "scopes", "tenants", "tenant" ->
          "who calls is judged by conditions: \"require\": [{\"conditions\": [{\"path\":"
              + " \"context.<name>\", \"op\": \"in\", \"value\": […]}]}]";
      case "timeout", "valid", "approvaltimeout", "expires", "ttl", "expiry" ->
          "how long an approval takes, says \"approval\": {\"timeout\", \"valid\"}";
      case "approvers", "approver", "quorum" ->
          "how many people must agree, says \"approval\": {\"approvers\": 2}";
      case "idempotent", "idempotency", "idempotencykey", "dedupe", "deduplicate", "unique" ->
          "that a call is not made twice, says \"once\": \"24h\"";
      case "mark", "tag", "tags", "leaves", "taint", "taints", "labels" ->
          "write \"marks\": [{\"mark\": \"<name>\", \"for\": \"15m\"}]";
      case "priority", "order", "weight" ->
          "there is no order: the exact name decides, else the narrowest pattern";
      case "dryrun", "shadow", "audit", "auditonly", "monitor", "logonly", "reportonly" ->
          no ? "leave it out: a rule decides" : "write \"mode\": \"shadow\"";
      case "tools", "tool", "names" -> "each tool is a key of its own in \"tools\"";
      default ->
          LimitReader.FIELDS.contains(field) || ofLimit(field) != null
              ? "a limit belongs into \"limits\": [{…}]"
              : null;
    };
  }

  /** {@return what mends a field that the rules for all tools have not} */
  static @Nullable String ofAllTools(String field, Node value) {
    return switch (Spelling.bare(field)) {
      case "ratelimit", "ratelimits", "rate", "throttle" ->
          "write \"limits\": [{\"counter\": \"calls\", \"window\": \"minute\", \"max\": 10}]";
      case "action", "effect", "default", "decision" ->
          "what happens to tools that are not listed, says \"default\" at the top; under"
              + " \"allow\" the key \"*\" of \"tools\" is a rule for each of them";
      case "reason", "message", "ondeny" -> "each predicate and limit has its own \"on_deny\"";
      case "once", "marks" -> "each tool has its own: it stands in \"tools\"";
      case "mode" -> "rules for every call hold at once: try them on a tool, in \"tools\"";
      case "hide", "hidden" -> "\"hide\" stands at the top";
      default -> ofRule(field, value);
    };
  }

  /** {@return what mends a field that a predicate has not} */
  static @Nullable String ofPredicate(String field) {
    return switch (Spelling.bare(field)) {
      case "any", "or", "anyof", "oneof", "some", "anyconditions" -> OR;
      case "all",
          "and",
          "allof",
          "every",
          "if",
          "when",
          "where",
          "match",
          "condition",
          "rules",
          "checks",
          "predicates",
          "allconditions" ->
          "did you mean \"conditions\", which must all be true?";
      case "not", "none", "noneof", "unless", "negate", "invert" -> NOT;
      case "reason", "denymessage", "error", "errormessage", "text", "onask" ->
          "did you mean \"on_deny\"?";
      case "id", "title", "label", "description", "comment", "key" -> "did you mean \"name\"?";
      case "path", "op", "value", "field", "operator" ->
          "a condition belongs into \"conditions\": [{\"path\", \"op\", \"value\"}]";
      case "action", "effect", "mode" ->
          "what follows is the list's: \"require\" and \"deny_if\" deny, \"approve_if\" asks";
      default -> null;
    };
  }

  /** {@return what mends a field that a condition has not} */
  static @Nullable String ofCondition(String field) {
    String operator = PredicateReader.operator(field);
    if (operator != null) {
      return "write \"op\": \"" + operator + "\" and \"value\"";
    }
    return switch (Spelling.bare(field)) {
      case "field",
          "arg",
          "argument",
          "key",
          "attribute",
          "param",
          "parameter",
          "property",
          "left",
          "var",
          "variable",
          "input",
          "name",
          "selector" ->
          "did you mean \"path\"?";
      case "operator",
          "operation",
          "comparison",
          "comparator",
          "cmp",
          "condition",
          "type",
          "test",
          "match" ->
          "did you mean \"op\"?";
      case "values", "expected", "target", "val", "right", "operand", "threshold", "pattern" ->
          "did you mean \"value\"?";
      case "any", "or", "anyof", "oneof" -> OR;
      case "all", "and", "allof" -> "conditions of one list must all be true: write them out";
      case "not", "negate", "invert", "negated", "unless", "none" -> NOT;
      case "message", "ondeny", "reason" -> "it belongs beside \"conditions\": \"on_deny\"";
      case "flags", "ignorecase", "caseinsensitive", "insensitive", "casesensitive" ->
          "an expression ignores case where it begins with (?i)";
      case "default", "ifmissing", "optional", "required" ->
          "an argument that is missing fails \"require\": say so with \"exists\"";
      default -> null;
    };
  }

  /** {@return what mends an operator that is no other word for one of this language} */
  static @Nullable String ofOperator(String word) {
    return switch (Spelling.bare(word)) {
      case "startswith", "beginswith", "prefix", "hasprefix", "^=" ->
          "write \"regex\", and ^ before the text";
      case "endswith", "suffix", "hassuffix", "$=" -> "write \"regex\", and $ behind the text";
      case "between", "range", "inrange", "within", "betweeninclusive" ->
          "write two conditions, \"gte\" and \"lte\"";
      case "notbetween", "outside", "outofrange" ->
          "write two predicates, with \"lt\" and with \"gt\"";
      case "isnull",
          "null",
          "isempty",
          "empty",
          "missing",
          "ismissing",
          "notexists",
          "notexist",
          "doesnotexist",
          "absent",
          "isabsent",
          "undefined",
          "isundefined",
          "notset",
          "unset",
          "notpresent",
          "isnil",
          "nil" ->
          "write \"exists\" and \"value\": false";
      case "isnotnull",
          "notnull",
          "nonnull",
          "notempty",
          "isnotempty",
          "nonempty",
          "present",
          "ispresent",
          "isset",
          "defined",
          "isdefined",
          "required",
          "exist" ->
          "write \"exists\" and \"value\": true";
      case "notcontains",
          "notcontain",
          "doesnotcontain",
          "containsnot",
          "ncontains",
          "excludes",
          "notincludes",
          "nothas" ->
          "write \"contains\"; " + NOT;
      case "notmatches",
          "notmatch",
          "notregex",
          "nregex",
          "!~",
          "doesnotmatch",
          "notlike",
          "notstartswith",
          "notendswith",
          "!regex" ->
          "write \"regex\"; " + NOT;
      case "containsany", "containsanyof", "hasany", "intersects", "overlaps", "includesany" ->
          "write \"contains\" once for each value; " + OR;
      case "containsall", "hasall", "superset", "includesall", "containsallof" ->
          "write a condition with \"contains\" for each value";
      case "like", "ilike", "glob", "wildcard", "fnmatch", "matchesglob", "stringlike" ->
          "write \"regex\", with .* for what may be anything and ^ and $ at the ends";
      case "icontains", "containsignorecase", "imatches", "iregex", "regexi" ->
          "write \"regex\" and (?i) before the text";
      case "iequals", "ieq", "equalsignorecase", "iexact", "equalsi" ->
          "write \"regex\" and (?i)^…$ around the text";
      case "length",
          "len",
          "size",
          "count",
          "minlength",
          "maxlength",
          "lengthgt",
          "lengthlt",
          "minitems",
          "maxitems" ->
          "the length of a text says \"regex\", such as ^.{1,100}$";
      case "cidr", "incidr", "ipin", "ipinrange", "subnet", "inipnet" ->
          "write \"regex\", such as ^10\\.0\\.";
      case "typeof", "istype", "isa", "isstring", "isnumber", "istext", "isbool", "type" ->
          "an argument of another type than the value's cannot be judged, and is denied";
      case "istrue", "true" -> "write \"eq\" and \"value\": true";
      case "isfalse", "false" -> "write \"eq\" and \"value\": false";
      case "or", "any", "||" -> OR;
      case "and", "all", "&&" -> "conditions of one list must all be true: write them out";
      case "not", "!" -> NOT;
      case "before", "after", "olderthan", "newerthan", "datebefore", "dateafter" ->
          "\"lt\" and \"gt\" compare numbers";
      default -> null;
    };
  }

  /** {@return what mends a field that a limit has not} */
  static @Nullable String ofLimit(String field) {
    return switch (Spelling.bare(field)) {
      case "limit",
          "requests",
          "count",
          "calls",
          "quota",
          "rate",
          "burst",
          "capacity",
          "tokens",
          "maximum",
          "maxcalls",
          "maxrequests",
          "threshold",
          "maxamount",
          "budget",
          "permits",
          "allowed",
          "size",
          "points",
          "hits",
          "value" ->
          "did you mean \"max\"?";
      case "duration",
          "per",
          "period",
          "interval",
          "ttl",
          "timeframe",
          "every",
          "unit",
          "seconds",
          "time",
          "timeunit",
          "windowseconds",
          "windowsize",
          "windowsecs",
          "within",
          "timewindow",
          "refreshperiod",
          "timeperiod" ->
          "did you mean \"window\"?";
      case "windowms", "windowmillis", "milliseconds" ->
          "did you mean \"window\"? A bare number is of seconds: write milliseconds as \"500ms\"";
      case "key",
          "by",
          "groupby",
          "dimension",
          "keyedby",
          "partitionby",
          "per_user",
          "keyresolver",
          "scopeby",
          "identifier",
          "peruser",
          "countby",
          "limitby" ->
          "did you mean \"scope\"?";
      case "name", "id", "bucket", "label" -> "did you mean \"counter\"?";
      case "cost", "weight", "step", "incrementby", "costs" -> "did you mean \"increment\"?";
      case "amountfrom",
          "amount",
          "incrementpath",
          "costfrom",
          "sum",
          "path",
          "field",
          "sumof",
          "amountpath" ->
          "did you mean \"increment_from\", such as \"args.amount\"?";
      case "tz", "zone" -> "did you mean \"timezone\"?";
      case "message", "reason", "error" -> "did you mean \"on_deny\"?";
      case "type", "algorithm", "strategy", "fixed", "sliding", "calendar", "reset", "resetat" ->
          "windows slide unless \"alignment\" is \"calendar\"";
      case "action", "mode", "onexceed", "onexceeded" -> "a limit without room denies";
      default -> null;
    };
  }

  /** {@return the comparison that a text spells, as a condition, or null} */
  static @Nullable String comparison(String text) {
    Matcher matcher = text.length() > 200 ? null : COMPARISON.matcher(text);
    if (matcher == null || !matcher.matches()) {
      return null;
    }
    String operator =
        switch (matcher.group(2)) {
          case "in", "contains", "eq", "neq", "gt", "gte", "lt", "lte" -> matcher.group(2);
          case "not in" -> "not_in";
          default -> PredicateReader.operator(matcher.group(2));
        };
    String path = matcher.group(1);
    String root = PathParser.suggestion(path);
    String value = matcher.group(3).replaceAll("^['\"]|['\"]$", "");
    boolean bare =
        value.matches("-?[0-9]+(\\.[0-9]+)?|true|false|null|\\[.*\\]") && !value.isEmpty();
    return "{\"path\": \""
        + (root == null ? path : root.replaceAll("did you mean \"|\"\\?", ""))
        + "\", \"op\": \""
        + (operator == null ? "eq" : operator)
        + "\", \"value\": "
        + (bare ? value : Spelling.quote(value))
        + "}";
  }

  /** {@return the rate that a text means: "10/minute" for 10/min} */
  static @Nullable String rate(String text) {
    Matcher matcher = text.length() > 60 ? null : RATE.matcher(text);
    if (matcher == null || !matcher.matches()) {
      return null;
    }
    String count = matcher.group(1).replaceAll("[_,]", "").replaceFirst("^0+(?=[0-9])", "");
    String per = matcher.group(2);
    String window =
        per.equalsIgnoreCase("pm") ? "minute" : per.equalsIgnoreCase("ps") ? "second" : window(per);
    return window == null ? null : "write \"" + count + "/" + window + "\"";
  }

  /** {@return the window that a text means, as documents spell it, or null} */
  static @Nullable String window(String text) {
    String word = text.toLowerCase(Locale.ROOT).strip();
    String upper = word.toUpperCase(Locale.ROOT);
    if (word.length() > 40) {
      return null;
    } else if (WindowSpelling.millis(word) != null || WindowSpelling.millis(upper) != null) {
      return WindowSpelling.millis(word) != null ? word : upper;
    } else if (word.matches("0*[1-9][0-9]{0,8}")) {
      return word.replaceFirst("^0+", "") + "s";
    }
    Matcher length = LENGTH.matcher(word.replaceFirst("^p([0-9]+)([my])$", "$1 $2o"));
    if (length.matches()) {
      return length(length.group(1), length.group(2));
    }
    Matcher parts = PARTS.matcher(word);
    if (parts.matches() && parts.group(1) != null) {
      long minutes = 60 * Long.parseLong(parts.group(1));
      return minutes + (parts.group(2) == null ? 0 : Long.parseLong(parts.group(2))) + "m";
    }
    Matcher clock = Pattern.compile("([0-9]{1,2}):([0-9]{2}):([0-9]{2})").matcher(word);
    return clock.matches()
        ? Integer.parseInt(clock.group(1)) * 3600
            + Integer.parseInt(clock.group(2)) * 60
            + Integer.parseInt(clock.group(3))
            + "s"
        : null;
  }

  private static @Nullable String length(@Nullable String count, String unit) {
    String known =
        switch (unit) {
          case "ms", "millis", "millisecond", "milliseconds", "msec" -> "ms";
          case "s", "sec", "secs", "second", "seconds" -> "second";
          case "m", "min", "mins", "minute", "minutes", "minutely" -> "minute";
          case "h", "hr", "hrs", "hour", "hours", "hourly" -> "hour";
          case "d", "day", "days", "daily" -> "day";
          case "w", "wk", "week", "weeks", "weekly" -> "week";
          case "month", "months", "monthly", "mo" -> "30d";
          case "quarter", "quarters", "quarterly" -> "90d";
          case "year", "years", "yearly", "y", "yo", "yr", "annually" -> "365d";
          default -> null;
        };
    if (known == null || (count == null && known.equals("ms"))) {
      return null;
    }
    String many = count == null ? "1" : count.replaceFirst("^0+(?=[0-9])", "");
    if (many.equals("1") && !known.equals("ms")) {
      return known;
    } else if (many.length() > 9) {
      return null;
    }
    return known.matches("[0-9]+d")
        ? Long.parseLong(many) * Integer.parseInt(known.substring(0, known.length() - 1)) + "d"
        : many + (known.equals("ms") ? "ms" : known.substring(0, 1));
  }

  /** {@return what mends a text in place of a window} */
  static @Nullable String ofWindow(String text) {
    String window = window(text);
    if (window == null || window.equals(text)) {
      return null;
    }
    boolean uneven = text.matches("(?i)P.*|.*(?:mo\\b|month|quarter|year).*");
    return (uneven ? "months and years differ in length: " : "") + "write \"" + window + "\"";
  }

  /** {@return what mends a value in place of a number} */
  static @Nullable String ofNumber(Node node) {
    if (!(node instanceof Node.Text text)) {
      return null;
    }
    String word = text.value().strip();
    if (word.matches("(?i)unlimited|infinity|infinite|inf|none|no limit|-1|unbounded|max|any")) {
      return UNBOUNDED;
    } else if (word.matches("[0-9]{1,3}(?:[,_ ][0-9]{3})+(?:\\.[0-9]+)?")) {
      return "write " + word.replaceAll("[,_ ]", "");
    } else if (word.matches("[0-9]{1,3}(?:\\.[0-9]{3})+,[0-9]+|[0-9]+,[0-9]{1,2}")) {
      return "write " + word.replace(".", "").replace(',', '.');
    } else if (word.matches("[0-9]+(?:\\.[0-9]+)?[kKmM]")) {
      return "write the number out, with all its zeros";
    }
    return word.matches("\\D{0,4}[0-9][0-9.,]*\\D{0,5}") ? "write the number alone" : null;
  }

  /** {@return the zone that a text means} */
  static @Nullable String ofZone(String text) {
    String word = Spelling.bare(text.replace('/', '-'));
    String near = null;
    for (String zone : ZoneId.getAvailableZoneIds()) {
      String bare = Spelling.bare(zone.replace('/', '-'));
      String city = Spelling.bare(zone.substring(zone.lastIndexOf('/') + 1));
      if (bare.equals(word)) {
        return "did you mean \"" + zone + "\"?";
      } else if (city.equals(word) && (near == null || zone.compareTo(near) < 0)) {
        near = zone;
      }
    }
    if (near == null) {
      String known = ZoneId.SHORT_IDS.get(text.toUpperCase(Locale.ROOT));
      near = isRegion(known) ? known : Spelling.nearest(text, ZoneId.getAvailableZoneIds(), 2);
    }
    return near == null
        ? "name a city as the tz database does: \"America/Sao_Paulo\", \"Europe/Lisbon\""
        : "did you mean \"" + near + "\"?";
  }

  private static boolean isRegion(@Nullable String zone) {
    try {
      return zone != null && zone.indexOf('/') > 0 && ZoneId.of(zone) != null;
    } catch (DateTimeException e) {
      return false;
    }
  }
}

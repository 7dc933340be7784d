package dev.alcada.decision;

/**
 * A rule that asks for a person's approval of a call.
 *
 * @param rule the rule, as {@link Decision#rule} names it
 * @param location where it stands in the document
 * @param reason why it asks, for the agent and the approver to read
 * @param content the rule itself in one spelling: equal texts are equal rules, so that an approval
 *     can be bound to what asked for it
 */
public record AskingRule(String rule, String location, String reason, String content) {}

/**
 * Approvals: a person's yes to one exact call, kept until it is used or lapses, so that no thread
 * waits for a human.
 */
@NullMarked
package dev.alcada.approval;

import org.jspecify.annotations.NullMarked;

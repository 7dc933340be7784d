/**
 * Counters and approvals that several processes share, on Redis or Valkey: {@link
 * dev.alcada.redis.RedisCounterStore} and {@link dev.alcada.redis.RedisApprovalStore}. Needs the
 * optional library Lettuce.
 */
@NullMarked
package dev.alcada.redis;

import org.jspecify.annotations.NullMarked;

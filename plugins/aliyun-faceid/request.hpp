#pragma once

// From our operation to the requests of both products.

#include <optional>

#include "idswitch/sdk.hpp"
#include "session.hpp"
#include "signing.hpp"

namespace idswitch::aliyun_faceid {

inline constexpr std::size_t k_uuid_bytes_max = 128;
inline constexpr std::uint64_t k_request_bytes_max = 20u << 20;  // "请求大小超过了20MB限制"
inline constexpr std::uint64_t k_picture_bytes_max = 2u << 20;  // SDK v1.2: "单张照片大小超过了2MB"

// Why START cannot be done for this operation; nothing when it can.
std::optional<sdk::Result> sdk_start_refusal(const sdk::Operation& operation);
std::optional<sdk::Result> lite_start_refusal(const sdk::Operation& operation,
                                              const Authorization& authorization);

sdk::Request sdk_biz_token_request(sdk::Exchange& x, const Authorization& authorization);
sdk::Request lite_biz_token_request(sdk::Exchange& x, const Authorization& authorization);

sdk::Request sdk_result_request(sdk::Exchange& x, const Authorization& authorization,
                                const Session& session);
sdk::Request lite_result_request(sdk::Exchange& x, const Authorization& authorization,
                                 const Session& session);

// The session that START leaves, but for what the reply tells.
Session sdk_session(const sdk::Operation& operation);
Session lite_session(sdk::Exchange& x, const Authorization& authorization);

// The claim that an ID number makes, comparable without keeping the number: a MAC keyed with the
// account's secret.
std::string claim_of(sdk::Exchange& x, const Authorization& authorization,
                     std::string_view id_number);

}  // namespace idswitch::aliyun_faceid

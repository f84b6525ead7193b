#pragma once

// The handlers behind the rows of routes.hpp, by resource; each namespace has a file (billing_api:
// billing.cpp). They return their answer, or the error that becomes a problem. On the request's
// lane.

#include "api/route.hpp"

namespace idswitch::api {

namespace verifications {
boost::asio::awaitable<Result<Answer>> start(const Services&, const Call&);
Result<Answer> list(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> get(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> refresh(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> cancel(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> video(const Services&, const Call&);
}  // namespace verifications

namespace billing_api {
Result<Answer> charges(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> summary(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> events(const Services&, const Call&);
}  // namespace billing_api

namespace accounts {
Result<Answer> explain(const Services&, const Call&);
Result<Answer> list(const Services&, const Call&);
Result<Answer> probe(const Services&, const Call&);
}  // namespace accounts

namespace experiments {
Result<Answer> list(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> report(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> pause(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> resume(const Services&, const Call&);
}  // namespace experiments

namespace webhooks {
boost::asio::awaitable<Result<Answer>> list(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> dead(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> replay(const Services&, const Call&);
}  // namespace webhooks

namespace admin {
Result<Answer> versions(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> reload(const Services&, const Call&);
Result<Answer> budgets(const Services&, const Call&);
Result<Answer> ledger(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> settle(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> forget(const Services&, const Call&);
}  // namespace admin

// What people's browsers, vendors and supervisors ask.
namespace visitors {
boost::asio::awaitable<Result<Answer>> returned(const Services&, const Call&);
boost::asio::awaitable<Result<Answer>> vendor_called(const Services&, const Call&);
Result<Answer> health(const Services&, const Call&);
Result<Answer> contract(const Services&, const Call&);
}  // namespace visitors

}  // namespace idswitch::api

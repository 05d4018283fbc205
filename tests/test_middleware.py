from django.urls import reverse


def test_a_fragment_asked_for_after_the_session_ended_leads_to_sign_in(client, db):
    response = client.get(reverse("styleguide"), headers={"HX-Request": "true"})

    assert response.status_code == 401
    assert response["HX-Redirect"].startswith(reverse("account_login"))


def test_a_page_asked_for_after_the_session_ended_redirects_to_sign_in(client, db):
    response = client.get(reverse("styleguide"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))

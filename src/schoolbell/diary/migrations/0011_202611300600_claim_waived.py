from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("diary", "0010_202611201426_outsideevent"),
        ("schools", "0003_202611201146_colour_and_about"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(condition=models.Q(("waived", True)), fields=["school", "diary"], name="claim_waived"),
        ),
        # What was waived over something that has gone since takes its time; of those that lie over each other, the first.
        migrations.RunSQL(
            """UPDATE diary_claim AS claim SET waived = false
               WHERE claim.waived
                 AND NOT EXISTS (SELECT FROM diary_claim AS other
                                 WHERE other.school_id = claim.school_id AND other.diary_id = claim.diary_id
                                   AND other.during && claim.during AND (NOT other.waived OR other.id < claim.id))""",
            migrations.RunSQL.noop,
        ),
    ]
